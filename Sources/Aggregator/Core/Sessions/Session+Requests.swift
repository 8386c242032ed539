import Synchronization
import Wire

extension Session {
    /// Refuses a request, answers it here, or starts a child that serves it.
    func request(_ message: Message, batch: Batch?, in group: inout DiscardingTaskGroup) {
        switch message.method {
        case .initialize, .ping, .setLevel: answerHere(message, batch)
        default:
            // Runs at once up to its first suspension, so that requests keep their order.
            group.addImmediateTask { [self] in await serve(message, batch) }
        }
    }

    private func serve(_ message: Message, _ batch: Batch?) async {
        let routes = hub.routes
        guard let caller = enter(message, batch, limit: routes.inFlightLimit) else { return }
        let answer: Answer
        do throws(Failure) {
            answer = try await hub.answer(message, from: self, caller, routes)
        } catch {
            answer = Answer(Self.atEnd(error), to: message.method)
        }
        leave(message, batch, answer)
    }

    /// Puts the running task into the table of what is under way, or refuses the request.
    private func enter(_ message: Message, _ batch: Batch?, limit: Int) -> Caller? {
        guard let id = message.id else { return nil }
        let key = TokenKey(message.bytes, id)
        let token = message.progressToken.map { Array(message[$0]) }
        let task = TaskHandle.current
        let (caller, refusal) = state.withLock { state -> (Caller?, [UInt8]?) in
            guard let envelope = state.envelope else { return (nil, Self.unopened(message.method)) }
            guard state.inFlight.count < limit else { return (nil, Self.tooMany(limit)) }
            let caller = Caller(
                outlet: self, envelope: envelope, links: state.links, progressToken: token,
                isWoken: leavesCancelling)
            let isNew = state.inFlight.insert(InFlight(caller: caller, task: task), at: key)
            return isNew ? (caller, nil) : (nil, Self.isUnderWay)
        }
        if let refusal { write(.error(refusal), id: message[id], batch: batch) }
        return caller
    }

    /// Takes the request out of the table and answers it.
    private func leave(_ message: Message, _ batch: Batch?, _ answer: Answer) {
        guard let id = message.id else { return }
        let key = TokenKey(message.bytes, id)
        let (entry, isLast) = state.withLock { state in
            (state.inFlight.remove(key), state.isFinishing && state.inFlight.isEmpty)
        }
        // A cancelled request is not answered (MCP, "Cancellation").
        if entry?.caller.cancelled != nil {
            if let whole = batch?.skip() { channel.answer(batch: whole) }
        } else {
            write(answer, id: message[id], batch: batch)
        }
        if isLast { progress.raise() }
    }

    /// What a client reads when it did not cancel the call itself: only an ending session does.
    private static func atEnd(_ failure: Failure) -> Failure {
        guard failure.code == .cancelled else { return failure }
        let mayHaveRun = failure.upstream != nil && failure.executed != .no
        return Failure(
            .stopping,
            "The session ended before the answer came"
                + (mayHaveRun ? "; the call may have run." : "."),
            upstream: failure.upstream, executed: mayHaveRun ? .unknown : .no)
    }

    // MARK: Refusals

    private static var isUnderWay: [UInt8] {
        Answer.error(
            code: -32600, "Invalid request: a request with this id is still under way.")
    }

    private static func unopened(_ method: Method) -> [UInt8] {
        let supported = Revision.legacy.map(\.rawValue).joined(separator: ", ")
        // Clients probe with `server/discover` and take -32602 for fatal.
        return Answer.error(
            code: method == .discover ? -32601 : -32602,
            "Send 'initialize' first; protocol versions spoken here: \(supported).")
    }

    private static func tooMany(_ limit: Int) -> [UInt8] {
        Answer.error(
            code: -32603,
            "Too many requests at a time: \(limit) are under way ('limits.inFlight').")
    }

    // MARK: Requests that are answered here

    private func answerHere(_ message: Message, _ batch: Batch?) {
        guard let id = message.id else { return }
        let key = TokenKey(message.bytes, id)
        let (isOpen, isRunning) = state.withLock { state in
            (state.envelope != nil, state.inFlight[key] != nil)
        }
        let answer: Answer
        switch message.method {
        case _ where isRunning: answer = .error(Self.isUnderWay)
        case .ping: answer = .empty
        case .initialize where batch != nil:
            answer = .error(
                Answer.error(code: -32600, "Invalid request: 'initialize' cannot be batched."))
        case .initialize: answer = open(message)
        case _ where !isOpen: answer = .error(Self.unopened(message.method))
        default: answer = setLevel(message)
        }
        write(answer, id: message[id], batch: batch)
    }

    /// Opens the session, or resets it: a second `initialize` starts over.
    private func open(_ message: Message) -> Answer {
        let params = message.params.map { Value(message.bytes, $0) }
        guard let proposed = params?["protocolVersion"]?.string else {
            return .error(
                Answer.error(code: -32602, "'initialize' needs 'protocolVersion', a string."))
        }
        let envelope = Envelope(
            revision: .negotiated(proposed: proposed),
            capabilities: ClientCapabilities(params?["capabilities"]),
            clientName: params?["clientInfo"]?["name"]?.string ?? "", principal: principal)
        reset()
        // Links that were made for other capabilities would go on talking to this client.
        for link in links.all { link.detach(self) }
        state.withLock { state in
            state.envelope = envelope
            state.openedAt = hub.services.time.now
        }
        return .result(hub.open(self, envelope))
    }

    private func setLevel(_ message: Message) -> Answer {
        let params = message.params.map { Value(message.bytes, $0) }
        guard let name = params?["level"]?.string, let level = LogLevel(name: name) else {
            let known = LogLevel.allCases.map(\.name).joined(separator: ", ")
            return .error(Answer.error(code: -32602, "'level' must be one of \(known)."))
        }
        state.withLock { $0.level = level }
        for link in links.all { link.pushLevel() }
        return .empty
    }
}
