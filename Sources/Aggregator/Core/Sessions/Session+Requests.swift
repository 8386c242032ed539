import Synchronization
import Wire

extension Session {
    /// Refuses a request, answers it here, or starts a child that serves it.
    ///
    /// `exchange` is the channel that belongs to this request alone, where there is one.
    func request(
        _ message: Message, batch: Batch?, over exchange: (any Channel)?,
        in group: inout DiscardingTaskGroup
    ) {
        switch message.method {
        case .initialize: answerHere(message, batch, exchange)
        case _ where message.protocolVersion != nil: enveloped(message, batch, in: &group)
        case .ping, .setLevel: answerHere(message, batch, exchange)
        default:
            // Runs at once up to its first suspension, so that requests keep their order.
            group.addImmediateTask { [self] in await serve(message, batch, exchange) }
        }
    }

    private func serve(_ message: Message, _ batch: Batch?, _ exchange: (any Channel)?) async {
        let routes = hub.routes
        guard let id = message.id else { return }
        var key = TokenKey(message.bytes, id)
        guard let caller = enter(message, &key, batch, exchange, limit: routes.inFlightLimit)
        else { return }
        let answer: Answer
        do throws(Failure) {
            answer = try await hub.answer(message, from: self, caller, routes)
        } catch {
            answer = Answer(Self.atEnd(error), to: message.method)
        }
        leave(message, key, batch, answer, over: exchange ?? channel)
    }

    /// Puts the running task into the table of what is under way, or refuses the request.
    private func enter(
        _ message: Message, _ key: inout TokenKey, _ batch: Batch?, _ exchange: (any Channel)?,
        limit: Int
    ) -> Caller? {
        guard let id = message.id else { return nil }
        let token = message.progressToken.map { Array(message[$0]) }
        let outlet: any Outlet = exchange.map { Reply($0, .session(self)) } ?? self
        let isWoken = exchange == nil && leavesCancelling
        let task = TaskHandle.current
        let (caller, refusal) = state.withLock { state -> (Caller?, [UInt8]?) in
            guard let envelope = state.envelope else { return (nil, Self.notOpened) }
            let caller = Caller(
                outlet: outlet, envelope: envelope, links: state.links, progressToken: token,
                isWoken: isWoken)
            if exchange != nil { key = state.unused(key) }
            let refusal = state.admit(caller, task, at: key, limit: limit)
            return (refusal == nil ? caller : nil, refusal)
        }
        if let refusal { write(.error(refusal), id: message[id], batch: batch, over: exchange) }
        return caller
    }

    /// Takes the request out of the table and answers it.
    func leave(
        _ message: Message, _ key: TokenKey, _ batch: Batch?, _ answer: Answer,
        over channel: any Channel
    ) {
        guard let id = message.id else { return }
        let (entry, isLast) = state.withLock { state in
            (state.inFlight.remove(key), state.isFinishing && !state.isBusy)
        }
        // A cancelled request is not answered (MCP, "Cancellation").
        if entry?.caller.cancelled == nil {
            write(answer, id: message[id], batch: batch, over: channel)
        } else {
            dismiss(message[id], batch, over: channel)
        }
        if isLast { progress.raise() }
    }

    /// An array of which nothing is answered ends as a single request does that was cancelled.
    private func dismiss(_ id: ArraySlice<UInt8>, _ batch: Batch?, over channel: any Channel) {
        guard let batch else { return channel.dismiss(id: id) }
        guard let whole = batch.skip() else { return }
        if whole.isEmpty { channel.dismiss(id: id) } else { channel.answer(batch: whole) }
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

    fileprivate static var isUnderWay: [UInt8] {
        Answer.error(
            code: -32600, "Invalid request: a request with this id is still under way.")
    }

    private static var notOpened: [UInt8] {
        let supported = Revision.legacy.map(\.rawValue).joined(separator: ", ")
        let modern = Revision.modern.map(\.rawValue).joined(separator: ", ")
        return Answer.error(
            code: -32602,
            "Send 'initialize' first (protocol versions \(supported)), or the envelope of \(modern) "
                + "in the '_meta' of each request.")
    }

    fileprivate static func tooMany(_ limit: Int) -> [UInt8] {
        Answer.error(
            code: -32603,
            "Too many requests at a time: \(limit) are under way ('limits.inFlight').")
    }

    // MARK: Requests that are answered here

    private func answerHere(_ message: Message, _ batch: Batch?, _ exchange: (any Channel)?) {
        guard let id = message.id else { return }
        let key = TokenKey(message.bytes, id)
        let (isOpen, isRunning) = state.withLock { state in
            (state.envelope != nil, state.inFlight[key] != nil)
        }
        let answer: Answer
        switch message.method {
        case _ where isRunning && exchange == nil: answer = .error(Self.isUnderWay)
        case .ping: answer = .empty
        case .initialize where batch != nil:
            answer = .error(
                Answer.error(code: -32600, "Invalid request: 'initialize' cannot be batched."))
        case .initialize: answer = open(message)
        case _ where !isOpen: answer = .error(Self.notOpened)
        default: answer = setLevel(message)
        }
        write(answer, id: message[id], batch: batch, over: exchange)
    }

    /// Opens the session, or resets it: a second `initialize` starts over.
    private func open(_ message: Message) -> Answer {
        do throws(Failure) {
            let envelope = try Envelope(opening: message, principal: principal)
            reset()
            // Links that were made for other capabilities would go on talking to this client.
            for link in links.all { link.detach(self) }
            return .result(hub.open(self, become(envelope)))
        } catch {
            return Answer(error, to: .initialize)
        }
    }

    /// Takes up what was agreed in an `initialize` elsewhere, as a token says that we sealed.
    package func restore(_ envelope: Envelope) {
        _ = become(envelope)
        hub.enter(self)
    }

    private func become(_ envelope: Envelope) -> Envelope {
        state.withLock { state in
            state.envelope = envelope
            state.openedAt = hub.services.time.now
        }
        return envelope
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

extension Session.State {
    /// Whether anything is under way whose end is worth waiting for.
    var isBusy: Bool {
        !inFlight.isEmpty && inFlight.entries.contains { !$0.value.isOpenEnded }
    }

    /// Puts the running task into the table; what it returns is why not.
    mutating func admit(
        _ caller: Caller, _ task: TaskHandle?, at key: TokenKey, limit: Int,
        isOpenEnded: Bool = false
    ) -> [UInt8]? {
        guard inFlight.count < limit else { return Session.tooMany(limit) }
        let entry = Session.InFlight(caller: caller, task: task, isOpenEnded: isOpenEnded)
        return inFlight.insert(entry, at: key) ? nil : Session.isUnderWay
    }

    /// A key for a request whose answer has a channel of its own: clients that use an id twice at a
    /// time get both answers, and only the first can be cancelled by it.
    mutating func unused(_ key: TokenKey) -> TokenKey {
        guard inFlight[key] != nil else { return key }
        lastRepeat += 1
        // No token begins with a control character, so no client's id is the same.
        let bytes = [1] + Array(String(lastRepeat).utf8)
        return TokenKey(bytes, Extent(0..<bytes.count))
    }
}
