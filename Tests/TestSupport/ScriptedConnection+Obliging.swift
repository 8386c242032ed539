import Wire

extension ScriptedConnection {
    /// Answers a request as a server does that has nothing special in mind.
    package func oblige(_ request: Received) {
        if server.isModern, obligeModern(request) { return }
        switch request.method {
        case "initialize": answer(request, handshake)
        case "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe":
            answer(request, "{}")
        case "tools/list": list(request, "tools", server.tools)
        case "prompts/list": list(request, "prompts", server.prompts ?? [])
        case "resources/list": list(request, "resources", server.resources ?? [])
        case "resources/templates/list": list(request, "resourceTemplates", server.templates)
        case "tools/call": answer(request, echo(request))
        case "prompts/get": answer(request, #"{"messages":[]}"#)
        case "resources/read":
            let uri = request.token(request.message.uri)
            answer(request, #"{"contents":[{"uri":\#(uri),"text":"\#(server.name)"}]}"#)
        case "completion/complete":
            answer(request, #"{"completion":{"values":["\#(server.name)"]}}"#)
        default: fail(request, code: -32601, "Method not found")
        }
    }

    /// The result of a call: which server, which name, which arguments.
    package func echo(_ request: Received) -> String {
        let arguments = request.arguments.isEmpty ? "null" : request.arguments
        let name = request.token(request.message.name)
        return #"{"content":[],"structuredContent":{"server":"\#(server.name)","name":\#(name),"#
            + #""arguments":\#(arguments)}}"#
    }

    private func list(_ request: Received, _ member: String, _ items: [String]) {
        let hints = request.message.protocolVersion == nil ? "" : server.hints
        answer(request, #"{"\#(member)":[\#(items.joined(separator: ","))]\#(hints)}"#)
    }

    /// The members of its capabilities.
    var capabilities: String {
        var capabilities = [#""tools":{"listChanged":true}"#]
        if server.prompts != nil { capabilities.append(#""prompts":{}"#) }
        if server.resources != nil {
            capabilities.append(#""resources":{"subscribe":\#(server.subscribes)}"#)
        }
        if server.logs { capabilities.append(#""logging":{}"#) }
        if server.completes { capabilities.append(#""completions":{}"#) }
        return capabilities.joined(separator: ",")
    }

    private var handshake: String {
        let title = server.title.map { #","title":"\#($0)""# } ?? ""
        let instructions = server.instructions.map { #","instructions":"\#($0)""# } ?? ""
        return #"{"protocolVersion":"\#(server.revision)","capabilities":{"#
            + capabilities
            + #"},"serverInfo":{"name":"\#(server.name)","version":"1"\#(title)}\#(instructions)}"#
    }
}
