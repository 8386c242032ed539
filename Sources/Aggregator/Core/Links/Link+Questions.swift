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
        let params = message.params.map { Value(message.bytes, $0) }
        let missing = envelope.capabilities.missing(for: message.method, params)
        guard let missing else { return }
        throw Failure(missing.isVariant ? .invalidParams : .methodNotFound, missing.sentence)
    }

    /// The question as the user sees it: an elicitation names the upstream that asks.
    private func presented(_ message: Message) -> Draft {
        var draft = Draft(message)
        guard message.method == .elicit, let params = message.params else { return draft }
        let value = Value(message.bytes, params)
        label(value, in: &draft)
        if let id = value["elicitationId"], let text = id.string {
            draft.replace(id.extent, with: JSONWriter.quoted(elicitation(text)))
        }
        return draft
    }

    /// Says in front of an elicitation's text which upstream asks; the text itself keeps its bytes.
    func label(_ params: Value, in draft: inout Draft) {
        guard let text = params["message"], text.kind == .string else { return }
        let label = JSONWriter.quoted("[\(settings.title ?? name)] ").dropLast()
        draft.replace(
            Extent(Int(text.extent.lower)..<Int(text.extent.lower) + 1), with: Array(label))
    }

    private func methodName(_ message: Message) -> String {
        guard let extent = message.methodName else { return "" }
        return String(decoding: message.bytes[extent.range].prefix(60), as: UTF8.self)
    }
}
