import Aggregator
import Machine
import Synchronization
import Wire

extension BridgeFront {
    /// One message of the client.
    func invoke(_ exchange: HTTPExchange) async {
        child.note(session: exchange.head.fields[Self.session]?.text)
        guard !exchange.body.isEmpty else {
            return exchange.refuse(.badRequest, "Request body is empty")
        }
        do throws(Rejection) {
            let message = try Message(scanning: exchange.body, limits: settings.limits)
            settings.log(.debug, "POST /invocations: \(message.label)")
            switch message.kind {
            case .request: await request(message, exchange)
            case .notification: await notify(message, exchange)
            case .result, .error: await reply(message, exchange)
            }
        } catch {
            let isText = String(validating: exchange.body, as: UTF8.self) != nil
            exchange.refuse(
                .badRequest,
                isText
                    ? "Body must be one JSON-RPC message: \(error.reason)" : "Body must be UTF-8")
        }
    }

    /// The field that says which session of the runtime this is, one for each microVM.
    private static let session: FieldName = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"

    private func takesEvents(_ exchange: HTTPExchange) -> Bool {
        Accepted(exchange.head.fields).names(.events)
    }

    /// The child, or an answer that says why there is none.
    private func connection(
        opening: Bool, _ exchange: HTTPExchange
    ) async -> (any Connection)? {
        do throws(Failure) {
            return try await child.connection(opening: opening)
        } catch {
            noteHealth()
            settings.log(.error, error.message)
            // Whoever sets the command wrong is told so as it is; other words have a beginning.
            let isLaunch = settings.dialect == .agentcoreServer && error.code != .refused
            exchange.refuse(
                .internalServerError,
                (isLaunch ? "Unable to launch MCP server: " : "") + error.told)
            return nil
        }
    }

    // MARK: Requests

    private func request(_ message: Message, _ exchange: HTTPExchange) async {
        let isOpening = message.method == .initialize
        if isOpening { settings.log(.info, "Initialize request received: \(message.client)") }
        guard let connection = await connection(opening: isOpening, exchange) else { return }
        let turn = newTurn(exchange)
        let errand = Errand(turn.number, message, self)
        let caller = errand.caller
        perform { state in
            state.courses[errand.number] = Course(caller: caller)
            return state.correspondence.begin(
                errand.number, id: errand.id, on: turn.number, takesEvents: turn.takesEvents)
        }
        noteHealth()
        nursery.start { await self.carry(errand, caller, over: connection) }
        await wait(for: turn, exchange)
    }

    private func newTurn(_ exchange: HTTPExchange) -> Turn {
        let takesEvents = takesEvents(exchange)
        return state.withLock { state in
            state.lastNumber += 1
            let turn = Turn(
                state.lastNumber, exchange, takesEvents: takesEvents, settings.time)
            state.turns[turn.number] = turn
            return turn
        }
    }

    /// Returns when an exchange has been answered, or its client is gone, who then does not want the
    /// answer.
    private func wait(for turn: Turn, _ exchange: HTTPExchange) async {
        // Called on this thread, and no more once the handler, which is this task, has returned.
        exchange.onClose { turn.abandon() }
        await turn.ended()
        perform { state in
            state.turns[turn.number] = nil
            return state.correspondence.leave(turn.number)
        }
        noteHealth()
    }

    /// Brings a request to the child and its answer to whoever is there for it by then.
    private func carry(
        _ errand: Errand, _ caller: Caller, over connection: any Connection
    ) async {
        let isWanted = TaskHandle.withCurrent { task in
            state.withLock { state in
                state.courses[errand.number] = Course(caller: caller, task: task)
                return state.correspondence.errands[errand.number] != nil
            }
        }
        let answer = isWanted ? await answer(to: errand, caller, over: connection) : nil
        state.withLock { $0.courses[errand.number] = nil }
        if let answer { perform { $0.correspondence.answer(errand.number, answer) } }
        noteHealth()
    }

    private func answer(
        to errand: Errand, _ caller: Caller, over first: any Connection
    ) async -> [UInt8] {
        let message = errand.message
        var call = Call(
            draft: Draft(message), method: message.method, target: nil, caller: caller)
        call.isOpenEnded = message.method == .listen
        call.isDirect = true
        var answer: Answer
        var bytes: [UInt8] = []
        do throws(Failure) {
            let response = try await ask(call, over: first)
            answer = .relayed(finished(response, to: message))
            bytes.reserveCapacity(response.bytes.count + errand.id.count)
        } catch {
            if error.code == .timeout { child.isSilent() }
            answer = Answer(error, to: message.method)
        }
        answer.write(id: errand.id[...], into: &bytes)
        return bytes
    }

    /// Asks a child, and one more if the first was gone before it was sent a byte of it (promise 1).
    private func ask(
        _ call: Call, over first: any Connection
    ) async throws(Failure) -> Message {
        do throws(Failure) {
            return try await first.call(call)
        } catch {
            guard error.code == .lost, error.executed == .no else { throw error }
            return try await child.connection(opening: call.method == .initialize).call(call)
        }
    }

    /// What an answer is remembered for, and what is put into it.
    private func finished(_ response: Message, to request: Message) -> Draft {
        var draft = Draft(response)
        guard response.kind == .result else {
            child.heard()
            return draft
        }
        child.note(answered: request)
        guard request.method == .initialize else { return draft }
        let isDuplex = Duplex.isOffered(by: request)
        state.withLock { $0.correspondence.isDuplex = isDuplex }
        if isDuplex { Duplex.announce(in: &draft) }
        return draft
    }

    // MARK: What is not answered

    private func notify(_ message: Message, _ exchange: HTTPExchange) async {
        if message.method == .cancelled {
            cancel(message)
        } else {
            guard let connection = await connection(opening: false, exchange) else { return }
            if !connection.notify(Draft(message)) {
                settings.log(.warning, "A notification was dropped: the child does not read.")
            }
        }
        leave(exchange, .noContent)
    }

    /// The client does not want an answer any more: the child is told, under the id that it knows.
    private func cancel(_ message: Message) {
        guard let extent = message.requestId else { return }
        var refusal: [UInt8] = []
        Answer.error(Answer.error(code: -32800, "The request was cancelled."))
            .write(id: message[extent], into: &refusal)
        perform { state in
            let found = state.correspondence.cancel(id: message[extent], saying: refusal)
            guard let (errand, effects) = found else { return [] }
            state.courses[errand]?.caller.cancelled = Draft(message)
            return effects
        }
    }

    private func reply(_ message: Message, _ exchange: HTTPExchange) async {
        guard let number = message.id.flatMap({ message.value($0).integer }) else {
            return leave(exchange, .accepted)
        }
        let turn = newTurn(exchange)
        var reply = Correspondence.Reply.unknown
        let question = state.withLock { state in
            reply = state.correspondence.reply(
                to: number, on: turn.number, takesEvents: turn.takesEvents)
            return reply == .unknown ? nil : state.questions.removeValue(forKey: number)
        }
        question?.answer(message)
        if case .inPlace(let effects) = reply {
            perform { _ in effects }
            return await wait(for: turn, exchange)
        }
        state.withLock { $0.turns[turn.number] = nil }
        leave(exchange, .accepted)
    }

    /// Answers what has no answer of its own: with what waits for a way to the client, if anything.
    private func leave(_ exchange: HTTPExchange, _ status: Status) {
        let takesEvents = takesEvents(exchange)
        let waiting = state.withLock { $0.correspondence.collect(takesEvents: takesEvents) }
        guard let last = waiting.last else { return exchange.respond(status) }
        let channel = PostChannel(exchange, .plain, settings.time)
        for message in waiting.dropLast() { channel.send(written: message) }
        channel.finish(written: last)
    }
}

extension Message {
    /// What it is, for the log: never what it says.
    fileprivate var label: String {
        switch kind {
        case .request, .notification:
            methodName.map { String(decoding: self[$0].prefix(60), as: UTF8.self) } ?? ""
        case .result, .error: "a reply"
        }
    }

    /// The name and version of the client that sends this `initialize`.
    fileprivate var client: String {
        let info = params.flatMap { value($0)["clientInfo"] }
        let parts = ["name", "version"].compactMap { info?[$0]?.string?.prefix(60) }
        return parts.isEmpty ? "no clientInfo" : parts.joined(separator: " ")
    }
}
