package import Wire

extension Link {
    package func question(
        _ message: Message, callers: [Caller], reply connection: any Connection,
        asking addressee: Addressee
    ) async -> Answer {
        if message.method == .ping { return .empty }
        counters.questions.add(1)
        do throws(Failure) {
            let outlet = try recipient(of: message, callers)
            try gate(message)
            addressee.outlet = outlet
            let origin = QuestionOrigin(
                progressToken: message.progressToken.map { Array(message.bytes[$0.range]) },
                notify: { _ = connection.notify($0) })
            return .relayed(Draft(try await outlet.ask(presented(message), origin: origin)))
        } catch {
            return Answer(error, to: message.method)
        }
    }

    /// Whom the server means: the one client whose calls are under way, else the only one there is.
    ///
    /// What cannot be attributed is refused, never guessed.
    private func recipient(of message: Message, _ callers: [Caller]) throws(Failure) -> any Outlet {
        var candidates: [ObjectIdentifier: any Outlet] = [:]
        // Calls of one client may have outlets of their own, and any of them leads to it.
        for caller in callers { candidates[caller.outlet.client] = caller.outlet }
        if candidates.isEmpty {
            for client in clients { candidates[client.client] = client }
        }
        guard candidates.count == 1, let only = candidates.values.first else {
            throw Failure(
                .methodNotFound,
                "'\(methodName(message))' cannot be attributed to one client: "
                    + "\(candidates.count) could be meant.")
        }
        return only
    }

    /// Refuses what the client did not offer, without troubling it.
    private func gate(_ message: Message) throws(Failure) {
        let offered = envelope.capabilities
        let params = message.params.map { Value(message.bytes, $0) }
        switch message.method {
        case .rootsList:
            guard offered.roots else { throw lacks("roots") }
        case .createMessage:
            guard offered.sampling else { throw lacks("sampling") }
            let needsTools = params?["tools"] != nil || params?["toolChoice"] != nil
            guard !needsTools || offered.samplingTools else {
                throw Failure(.invalidParams, "The client did not offer 'sampling.tools'.")
            }
        case .elicit:
            guard offered.elicitationForm || offered.elicitationURL else {
                throw lacks("elicitation")
            }
            let isURL = params?["mode"]?.string == "url"
            guard isURL ? offered.elicitationURL : offered.elicitationForm else {
                throw Failure(
                    .invalidParams,
                    "The client did not offer elicitation in \(isURL ? "URL" : "form") mode.")
            }
        default: break
        }
    }

    private func lacks(_ capability: String) -> Failure {
        Failure(.methodNotFound, "The client did not offer '\(capability)'.")
    }

    /// The question as the user sees it: an elicitation names the upstream that asks.
    private func presented(_ message: Message) -> Draft {
        var draft = Draft(message)
        guard message.method == .elicit, let params = message.params else { return draft }
        let value = Value(message.bytes, params)
        if let text = value["message"], text.kind == .string {
            // The text itself keeps its bytes; the source goes in front of them.
            let label = JSONWriter.quoted("[\(settings.title ?? name)] ").dropLast()
            draft.replace(
                Extent(Int(text.extent.lower)..<Int(text.extent.lower) + 1), with: Array(label))
        }
        if let id = value["elicitationId"], let text = id.string {
            draft.replace(id.extent, with: JSONWriter.quoted(elicitation(text)))
        }
        return draft
    }

    private func methodName(_ message: Message) -> String {
        guard let extent = message.methodName else { return "" }
        return String(decoding: message.bytes[extent.range].prefix(60), as: UTF8.self)
    }
}
