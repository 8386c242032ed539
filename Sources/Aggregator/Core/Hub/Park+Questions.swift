import Synchronization
import Wire

/// What the upstream asks in the middle of the call.
extension Park {
    func ask(_ question: Draft, origin: QuestionOrigin) async throws(Failure) -> Message {
        try await ask(question, orBy: [])
    }

    /// Asks the client, by one of the `others` in the end: calls of the same client that the question
    /// may be about as well.
    func ask(_ question: Draft, orBy others: [Park]) async throws(Failure) -> Message {
        let inquiry = Inquiry(try Self.request(question), others, at: time.now)
        defer { inquiry.forget() }
        let isAsked = try carry(inquiry)
        switch isAsked ? await inquiry.reaction() : .gone {
        case .answered(let message): return message
        case .expired: throw Failure(.timeout, "The client did not answer in 10 min.")
        case .gone: throw Failure(.cancelled, "The client has given up the call.")
        }
    }

    /// Takes up a question; false if the call is over.
    ///
    /// Throws if too much waits already.
    func carry(_ inquiry: Inquiry) throws(Failure) -> Bool {
        try parks.admit(self, inquiry.request.count)
        let now = time.now
        let number = state.withLock { state -> Int? in
            guard !state.isOver, state.outcome == nil else { return nil }
            state.isKept = true
            if state.questions.isEmpty { state.collectsUntil = now.advanced(by: Self.collection) }
            state.lastQuestion += 1
            state.questions.append(
                Question(number: state.lastQuestion, inquiry: inquiry, asked: now))
            return state.lastQuestion
        }
        guard let number else {
            release(inquiry.request.count)
            return false
        }
        guard inquiry.isCarried(by: self, as: number) else {
            drop(number, inquiry)
            return false
        }
        changed.raise()
        return true
    }

    /// A question is over; an answer that comes all the same is ignored.
    func drop(_ number: Int, _ inquiry: Inquiry) {
        state.withLock { state in state.questions.removeAll { $0.number == number } }
        release(inquiry.request.count)
        changed.raise()
    }

    private func release(_ size: Int) {
        parks.release(size, of: self)
        // It may have been given up before it was kept.
        if state.withLock({ $0.isOver || !$0.isKept }) { parks.remove(self) }
    }

    /// What an upstream is told whose question nobody answers.
    func answer(inPlaceOf failure: Failure, to method: Method) -> Answer {
        let isGone = failure.code == .cancelled || failure.code == .timeout
        if method == .elicit, isGone { return .result(Array(#"{"action":"cancel"}"#.utf8)) }
        return .error(Answer.error(code: -32603, failure.message))
    }

    /// What an upstream asks, as it stands among the `inputRequests` of an answer: no id, and no
    /// `elicitationId`, of whose completion nobody is told (MCP 2026-07-28, "Input required").
    private static func request(_ question: Draft) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        question.write(into: &bytes)
        guard let message = try? Message(scanning: bytes, limits: Limits(bytes: bytes.count)) else {
            throw Failure(.malformed, "The request cannot be passed on.")
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("method")
        writer.string(message.method.name)
        if let params = message.params.map({ message.value($0) }) {
            writer.key("params")
            if message.method == .elicit, params["elicitationId"] != nil {
                writer.beginObject()
                for (key, value) in params.members where !key.isText("elicitationId") {
                    writer.key(key.string ?? "")
                    writer.raw(value.raw)
                }
                writer.endObject()
            } else {
                writer.raw(params.raw)
            }
        }
        writer.endObject()
        return writer.bytes
    }
}
