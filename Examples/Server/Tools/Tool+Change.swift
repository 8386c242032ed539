import Wire

/// Tools that change what the server offers, and tell the client so.
extension Tool {
    private static let changes: JSON = ["readOnlyHint": false, "destructiveHint": false]

    static let addTool = Tool(
        "add_tool", "Add tool", "Adds a tool, or replaces it, and says that the list changed.",
        input: ["name": .text("The name of the tool.")], hints: changes
    ) { session, call throws(Failure) in
        let name = try call.text("name")
        session.tools.removeAll { $0.name == name }
        session.tools.append(
            Tool(name, name, "Says that it is here.") { _, _ in .result(.text("I am here.")) })
        session.notify(.toolsChanged)
        return .result(.text("Added '\(name)'."))
    }

    static let removeTool = Tool(
        "remove_tool", "Remove tool", "Removes a tool, and says that the list changed.",
        input: ["name": .text("The name of the tool.")], hints: changes
    ) { session, call throws(Failure) in
        let name = try call.text("name")
        guard session.tools.contains(where: { $0.name == name }) else {
            throw .tool("There is no tool '\(name)'.")
        }
        session.tools.removeAll { $0.name == name }
        session.notify(.toolsChanged)
        return .result(.text("Removed '\(name)'."))
    }

    static let touch = Tool(
        "touch", "Touch", "Says that a resource changed, when the client subscribed to it.",
        input: ["uri": .text("The resource.", or: .string(Resource.watched.uri))], hints: changes
    ) { session, call throws(Failure) in
        let uri = try call.text("uri", or: Resource.watched.uri)
        let isHeard = session.subscriptions.contains(uri)
        if isHeard { session.notify(.resourceUpdated, ["uri": .string(uri)]) }
        return .result(.text(isHeard ? "Told the client." : "The client did not subscribe."))
    }
}
