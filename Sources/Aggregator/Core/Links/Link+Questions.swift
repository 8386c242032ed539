package import Wire

extension Link {
    package func question(
        _ message: Message, callers: [Caller], reply connection: any Connection,
        asking addressee: Addressee
    ) async -> Answer {
        if message.method == .ping { return .empty }
        counters.questions.add(1)
        let origin = QuestionOrigin(
            progressToken: message.progressToken.map { Array(message.bytes[$0.range]) },
            notify: { _ = connection.notify($0) })
        do throws(Failure) {
            var callers = callers
            var asked: Draft?
            while true {
                let recipient = try recipient(of: message, callers)
                try gate(message, recipient.capabilities)
                addressee.outlet = recipient.outlet
                let caller = callers.count == 1 ? callers.first : nil
                let draft =
                    if let asked { asked } else {
                        presented(try await owner.relayed(message, by: self, for: caller))
                    }
                asked = draft
                do throws(Failure) {
                    let answer = try await put(draft, to: recipient.outlet, callers, origin)
                    return .relayed(Draft(answer))
                } catch {
                    guard let park = recipient.outlet as? Park else { throw error }
                    // The client is still there if one of its other calls is.
                    callers.removeAll { $0.outlet === park }
                    guard error.code == .cancelled, !Task.isCancelled, !callers.isEmpty else {
                        return park.answer(inPlaceOf: error, to: message.method)
                    }
                }
            }
        } catch {
            return Answer(error, to: message.method)
        }
    }

    private func put(
        _ draft: Draft, to outlet: any Outlet, _ callers: [Caller], _ origin: QuestionOrigin
    ) async throws(Failure) -> Message {
        guard let park = outlet as? Park else {
            return try await outlet.ask(draft, origin: origin)
        }
        // The latest first, as with the one that was chosen.
        let others = callers.reversed().compactMap { $0.outlet as? Park }
        return try await park.ask(
            draft,
            orBy: others.filter { $0 !== park && $0.client == park.client })
    }

    /// Who is asked, and what they can be asked.
    private typealias Recipient = (outlet: any Outlet, capabilities: ClientCapabilities)

    /// Whom the server means: the one client whose calls are under way, else the only one there is.
    ///
    /// What cannot be attributed is refused, never guessed.
    private func recipient(of message: Message, _ callers: [Caller]) throws(Failure) -> Recipient {
        var candidates: [ObjectIdentifier: Recipient] = [:]
        // Calls of one client may have outlets of their own, and any of them leads to it; one that
        // has to come back for it is asked only if there is no other.
        for caller in callers {
            if let held = candidates[caller.outlet.client]?.outlet as? Park {
                guard let park = caller.outlet as? Park, park.isAttended || !held.isAttended else {
                    continue
                }
            }
            candidates[caller.outlet.client] = (caller.outlet, caller.envelope.capabilities)
        }
        if candidates.isEmpty {
            for client in clients { candidates[client.client] = (client, envelope.capabilities) }
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
    private func gate(
        _ message: Message, _ capabilities: ClientCapabilities
    ) throws(Failure) {
        let params = message.params.map { Value(message.bytes, $0) }
        let missing = capabilities.missing(for: message.method, params)
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
