import Synchronization
import Wire

/// The requests of the client, one after another, that attend to a parked call.
extension Park {
    /// Waits for what the request is answered with.
    func turn(of caller: Caller) async -> Turn {
        while true {
            // Before anything else: nobody hears what a cancelled request is answered, and whom it
            // asks would never come back.
            if Task.isCancelled {
                leave(caller)
                return .cancelled
            }
            let version = changed.version
            let now = time.now
            switch state.withLock({ $0.next(for: caller, at: now) }) {
            case .ends(let turn):
                if case .over = turn { parks.settled(self) }
                return turn
            case .waits(let deadline):
                await changed.wait(after: version, until: deadline, on: time)
            }
        }
    }

    /// A client that goes away while its upstream works does not want the answer.
    private func leave(_ caller: Caller) {
        let (questions, upstream) = state.withLock { state -> ([Question]?, Caller?) in
            guard state.attendant === caller else { return (nil, nil) }
            return (state.close(), state.caller)
        }
        guard let questions else { return }
        upstream?.cancelled = caller.cancelled
        end(questions, .gone)
    }

    /// The client takes back the request that it has just been asked about.
    ///
    /// Its cancellation and our answer crossed each other on the pipe. False if that request was
    /// another one.
    func cancel(_ id: ArraySlice<UInt8>, on pipe: ObjectIdentifier, _ cancellation: Draft) -> Bool {
        guard self.pipe == pipe else { return false }
        let (questions, upstream) = state.withLock { state -> ([Question]?, Caller?) in
            guard state.attendant == nil, state.id[...] == id else { return (nil, nil) }
            return (state.close(), state.caller)
        }
        guard let questions else { return false }
        upstream?.cancelled = cancellation
        end(questions, .gone)
        return true
    }

    /// Takes the answers that a later request brings, and lets it attend; false if the call is over
    /// and forgotten.
    ///
    /// What is missing stays open, what was not asked is ignored. Throws if an answer is none, which
    /// changes nothing.
    func take(
        _ responses: Value?, from caller: Caller, id: [UInt8]
    ) throws(Failure) -> Bool {
        if let responses, responses.kind != .object { throw Self.malformed("inputResponses") }
        var answers: [String: Value] = [:]
        if let responses {
            for (key, value) in responses.members {
                if let key = key.string { answers[key] = value }
            }
        }
        let answered = try state.withLock { state throws(Failure) in
            try state.answer(answers, caller, id: id)
        }
        guard let answered else { return false }
        for aside in state.withLock({ $0.takeHeld() }) { tell(caller, aside) }
        changed.raise()
        for question in answered {
            let message = answers[question.key].flatMap(Self.response)
            question.inquiry.end(message.map { .answered($0) } ?? .gone)
        }
        return true
    }

    static func malformed(_ name: String) -> Failure {
        Failure(.invalidParams, "'\(name.prefix(60))' must be an object.")
    }

    /// The response that the upstream waits for; its id is put in later.
    private static func response(_ result: Value) -> Message? {
        let bytes = Array(#"{"jsonrpc":"2.0","id":0,"result":"#.utf8) + result.raw + [0x7D]
        return try? Message(scanning: bytes, limits: Limits(bytes: bytes.count))
    }

    /// Gives up a call whose client has not come back, or an outcome that it has had for long.
    func expire(at now: ContinuousClock.Instant) {
        let questions = state.withLock { state -> [Question]? in
            guard let expires = state.expires, expires <= now else { return nil }
            return state.close()
        }
        if let questions { end(questions, .expired) }
    }

    /// Has a client asked by another of its calls about what it does not come back for here.
    func passOn(at now: ContinuousClock.Instant) {
        let questions = state.withLock { state in
            state.attendant == nil && !state.isOver ? state.questions : []
        }
        for question in questions { question.inquiry.passOn(at: now) }
    }
}
