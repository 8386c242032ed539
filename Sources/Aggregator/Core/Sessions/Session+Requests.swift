import Synchronization
import Wire

extension Session {
    func request(_ message: Message, batch: Batch?, in group: inout DiscardingTaskGroup) {
        guard let extent = message.id else { return }
        let id = message[extent]
        if let refusal = refusal(message, RequestKey(id), batch) {
            return write(.error(refusal), id: id, batch: batch)
        }
        switch message.method {
        case .initialize: write(open(message), id: id, batch: batch)
        case .ping: write(.empty, id: id, batch: batch)
        case .setLevel: write(setLevel(message), id: id, batch: batch)
        default:
            // Runs at once up to its first suspension, so that requests keep their order.
            group.addImmediateTask { [self] in await serve(message, batch) }
        }
    }

    /// What is wrong with the request before anybody looks at what it asks for.
    private func refusal(_ message: Message, _ id: RequestKey, _ batch: Batch?) -> [UInt8]? {
        let (isOpen, isRunning, count) = state.withLock { state in
            (
                state.envelope != nil, state.inFlight.index(forKey: id) != nil,
                state.inFlight.count
            )
        }
        if isRunning {
            return Answer.error(
                code: -32600, "Invalid request: a request with this id is still under way.")
        }
        if message.method == .initialize {
            guard batch != nil else { return nil }
            return Answer.error(code: -32600, "Invalid request: 'initialize' cannot be batched.")
        }
        if !isOpen, message.method != .ping {
            let supported = Revision.allCases.map(\.rawValue).joined(separator: ", ")
            // Clients probe with `server/discover` and take -32602 for fatal (`peers.md` §1.5).
            let code = message.method == .discover ? -32601 : -32602
            return Answer.error(
                code: code, "Send 'initialize' first; protocol versions spoken here: \(supported).")
        }
        if count >= hub.inFlightLimit {
            return Answer.error(
                code: -32603,
                "Too many requests at a time: \(count) are under way ('limits.inFlight').")
        }
        return nil
    }

    private func serve(_ message: Message, _ batch: Batch?) async {
        guard let id = message.id.map({ message[$0] }) else { return }
        let key = RequestKey(id)
        let token = message.progressToken.map { Array(message.bytes[$0.range]) }
        let caller = enter(key, token)
        let answer: Answer
        do throws(Failure) {
            if let call = hub.routed(message, caller) {
                answer = try await hub.pass(call)
            } else {
                answer = try await hub.answer(message, from: self, caller)
            }
        } catch {
            answer = Answer(Self.atEnd(error), to: message.method)
        }
        let entry = state.withLock { $0.inFlight.removeValue(forKey: key) }
        // A cancelled request is not answered (`mcp.md` §1.6).
        if entry?.isCancelled == true {
            if let whole = batch?.skip() { channel.write { $0 += whole + [UInt8(ascii: "\n")] } }
        } else {
            write(answer, id: id, batch: batch)
        }
        progress.raise()
    }

    /// Puts the running task into the table of what is under way.
    private func enter(_ id: RequestKey, _ token: [UInt8]?) -> Caller {
        state.withLock { state in
            let caller = Caller(
                outlet: self, envelope: state.envelope ?? Self.unopened, links: state.links,
                progressToken: token)
            TaskHandle.withCurrent { task in
                state.inFlight[id] = InFlight(caller: caller, task: task)
            }
            return caller
        }
    }

    /// What a client reads when it did not cancel the call itself: only an ending session does.
    private static func atEnd(_ failure: Failure) -> Failure {
        guard failure.code == .cancelled else { return failure }
        return Failure(
            .stopping, "The session ended before the answer came; the call may have run.",
            upstream: failure.upstream, executed: .unknown)
    }

    // MARK: Requests that are answered here

    /// Opens the session, or resets it: a second `initialize` starts over (`mcp.md` §7.15).
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
