import Wire

extension Session {
    /// Answers one request, unless the client takes it back meanwhile.
    func serve(_ message: Message, _ key: [UInt8]) async {
        guard let call = calls[key] else { return }
        defer { calls[key] = nil }
        let id = JSON.raw(String(decoding: key, as: UTF8.self))
        do throws(Failure) {
            let result = try await result(of: message, call)
            if !call.isCancelled { send(["id": id, "result": result]) }
        } catch {
            if !call.isCancelled { answer(id, error) }
        }
    }

    /// Answers a request that failed.
    func answer(_ id: JSON, _ failure: Failure) {
        switch failure {
        case .cancelled: break
        case .tool(let text): send(["id": id, "result": .failed(text)])
        case .refused(let code, let text, let data):
            let error: JSON = ["code": .integer(code), "message": .string(text)]
            send(["id": id, "error": data.map { error.with(["data": $0]) } ?? error])
        }
    }

    private func result(of message: Message, _ call: Call) async throws(Failure) -> JSON {
        let params = message.params.map(message.value)
        switch message.method {
        case .initialize: return open(params)
        case .ping: return [:]
        case .toolsList: return try page(of: tools.map(\.json), as: "tools", params)
        case .toolsCall: return try await run(call, named: params?["name"]?.string)
        case .promptsList: return try page(of: prompts.map(\.json), as: "prompts", params)
        case .promptsGet: return try prompt(params)
        case .resourcesList: return try page(of: resources.map(\.json), as: "resources", params)
        case .resourceTemplatesList:
            return try page(of: templates.map(\.json), as: "resourceTemplates", params)
        case .resourcesRead: return try read(params)
        case .resourcesSubscribe:
            subscriptions.insert(try uri(params))
            return [:]
        case .resourcesUnsubscribe:
            subscriptions.remove(try uri(params))
            return [:]
        case .complete: return try complete(params)
        case .setLevel:
            level = try Level(params?["level"])
            return [:]
        default: throw .refused(code: -32601, "This server has no such method.")
        }
    }

    private func run(_ call: Call, named name: String?) async throws(Failure) -> JSON {
        guard let tool = tools.first(where: { $0.name == name }) else {
            throw .invalid("There is no tool '\(name ?? "")'.")
        }
        executions += 1
        return try await tool.run(self, call)
    }

    /// Obeys a notification; those that mean nothing here are ignored, as they must be.
    func obey(_ message: Message) {
        guard message.method == .cancelled, let id = message.requestId else { return }
        calls[Array(message[id])]?.cancel()
    }
}
