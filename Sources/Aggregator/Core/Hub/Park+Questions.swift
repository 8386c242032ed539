import Synchronization
import Wire

/// What the upstream asks in the middle of the call.
extension Park {
    func ask(_ question: Draft, origin: QuestionOrigin) async throws(Failure) -> Message {
        let request = try Self.request(question)
        try parks.admit(self, request.count)
        defer { release(request.count) }
        let number = state.withLock { state in
            state.isKept = true
            state.lastQuestion += 1
            return state.lastQuestion
        }
        let reaction = await withTaskCancellationHandler {
            await Resumption<Reaction>.wait { begin(number, request, $0) }
        } onCancel: {
            withdraw(number)
        }
        switch reaction {
        case .answered(let message): return message
        case .expired: throw Failure(.timeout, "The client did not answer in 10 min.")
        case .gone: throw Failure(.cancelled, "The client has given up the call.")
        }
    }

    private func release(_ size: Int) {
        parks.release(size, of: self)
        // It may have been given up before it was kept.
        if state.withLock({ $0.isOver }) { parks.remove(self) }
    }

    private func begin(_ number: Int, _ request: [UInt8], _ resumption: Resumption<Reaction>) {
        let now = time.now
        let question = Question(
            number: number, request: request, asked: now, resumption: resumption)
        let isOpen = state.withLock { state in
            guard !state.isOver, state.outcome == nil, !Task.isCancelled else { return false }
            if state.questions.isEmpty { state.collectsUntil = now.advanced(by: Self.collection) }
            state.questions.append(question)
            return true
        }
        guard isOpen else { return resumption.resume(returning: .gone) }
        changed.raise()
    }

    /// The upstream does not want to know any more; an answer that comes all the same is ignored.
    private func withdraw(_ number: Int) {
        let question = state.withLock { state -> Question? in
            guard let index = state.questions.firstIndex(where: { $0.number == number }) else {
                return nil
            }
            return state.questions.remove(at: index)
        }
        question?.resumption.resume(returning: .gone)
        changed.raise()
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
