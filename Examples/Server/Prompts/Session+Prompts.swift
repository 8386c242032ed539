import Wire

extension Session {
    /// Answers `prompts/get`.
    func prompt(_ params: Value?) throws(Failure) -> JSON {
        let name = params?["name"]?.string ?? ""
        guard let prompt = prompts.first(where: { $0.name == name }) else {
            throw .invalid("There is no prompt '\(name)'.")
        }
        let given = params?["arguments"]
        for argument in prompt.arguments where given?[argument.name]?.string == nil {
            throw .invalid("The prompt needs '\(argument.name)', a text.")
        }
        let messages = prompt.messages { given?[$0]?.string ?? "" }
        return ["messages": .array(messages)]
    }

    /// Answers `completion/complete`, for an argument of a prompt or the variable of a template.
    func complete(_ params: Value?) throws(Failure) -> JSON {
        let argument = params?["argument"]
        guard let name = argument?["name"]?.string, let typed = argument?["value"]?.string else {
            throw .invalid("'argument' needs a name and a value, both texts.")
        }
        let values = try values(params?["ref"], name).filter {
            $0.lowercased().hasPrefix(typed.lowercased())
        }
        let shown = values.prefix(100).map(JSON.string)
        return [
            "completion": [
                "values": .array(shown), "total": .integer(values.count),
                "hasMore": .bool(values.count > shown.count),
            ]
        ]
    }

    private func values(_ reference: Value?, _ argument: String) throws(Failure) -> [String] {
        let name = reference?["name"]?.string
        let uri = reference?["uri"]?.string
        if let prompt = prompts.first(where: { $0.name == name }) {
            return prompt.arguments.first { $0.name == argument }?.values ?? []
        }
        if let template = templates.first(where: { $0.uriTemplate == uri }) {
            return template.values
        }
        throw .invalid("'ref' names no prompt and no resource template.")
    }
}
