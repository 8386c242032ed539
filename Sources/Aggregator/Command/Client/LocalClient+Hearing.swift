import Aggregator
import Synchronization
import Wire

extension LocalClient {
    /// Takes one line from the session; questions become children in `group`.
    func receive(_ line: [UInt8], in group: inout DiscardingTaskGroup) {
        guard let message = try? Message(scanning: line, limits: hub.limits) else { return }
        switch message.kind {
        case .result, .error: settle(message)
        case .request: ask(message, in: &group)
        case .notification:
            if message.method == .cancelled { withdraw(message) } else { attendant.hear(message) }
        }
    }

    private func settle(_ answer: Message) {
        guard let id = answer.id.flatMap({ answer.value($0).integer }) else { return }
        state.withLock { state in
            if state.answers[id] != nil { state.answers[id] = answer }
        }
        answered.raise()
    }

    private func withdraw(_ message: Message) {
        guard let extent = message.requestId else { return }
        state.withLock { $0.questions[Array(message[extent])] }?.raise()
    }

    private func ask(_ question: Message, in group: inout DiscardingTaskGroup) {
        guard let extent = question.id else { return }
        let id = Array(question[extent])
        let withdrawn = Aggregator.Signal()
        state.withLock { $0.questions[id] = withdrawn }
        group.addImmediateTask { [self] in
            let answer = await answer(question, unless: withdrawn)
            state.withLock { $0.questions[id] = nil }
            guard let answer else { return }
            var line: [UInt8] = []
            answer.write(id: id[...], into: &line)
            send(line)
        }
    }

    /// The attendant's answer; nil when the question is withdrawn first.
    private func answer(
        _ question: Message, unless withdrawn: Aggregator.Signal
    ) async -> Answer? {
        await withTaskGroup(of: Answer?.self, returning: Answer?.self) { group in
            group.addImmediateTask { [attendant] in await attendant.answer(question) }
            group.addImmediateTask {
                await withdrawn.wait(after: 0)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
