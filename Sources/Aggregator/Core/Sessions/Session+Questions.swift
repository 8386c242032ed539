import Synchronization
package import Wire

extension Session {
    /// A question that the client has not answered yet.
    struct OpenQuestion {
        let resumption: Resumption<Reaction>
        let origin: QuestionOrigin
    }

    /// What the client has been asked and has not answered.
    struct Questions {
        var last = 0
        var open: [Int: OpenQuestion] = [:]
        /// Whether the session is over, and nothing more is asked.
        var isClosed = false

        /// Takes out all of them, to be told that they are withdrawn.
        mutating func takeAll() -> [Resumption<Reaction>] {
            defer { open = [:] }
            return open.values.map(\.resumption)
        }
    }

    /// What became of a question.
    enum Reaction: Sendable {
        case answered(Message)
        /// The client's answer is none.
        case broken
        case withdrawn
        /// Withdrawn before the client heard of it.
        case unsent
    }

    package func ask(_ question: Draft, origin: QuestionOrigin) async throws(Failure) -> Message {
        try await ask(question, origin: origin, over: channel)
    }

    /// Asks the client over the channel of the request that the question is about.
    func ask(
        _ question: Draft, origin: QuestionOrigin, over channel: any Channel
    ) async throws(Failure) -> Message {
        let number = questions.withLock { questions in
            questions.last += 1
            return questions.last
        }
        let reply = await withTaskCancellationHandler {
            await Resumption<Reaction>.wait { begin(number, question, origin, $0, channel) }
        } onCancel: {
            take(number)?.resumption.resume(returning: .withdrawn)
        }
        switch reply {
        case .answered(let message): return message
        case .broken:
            throw Failure(.malformed, "The client's answer could not be read.")
        case .withdrawn, .unsent:
            if case .withdrawn = reply { withdraw(number, channel) }
            throw Failure(.cancelled, "The question was withdrawn.")
        }
    }

    private func begin(
        _ number: Int, _ question: Draft, _ origin: QuestionOrigin,
        _ resumption: Resumption<Reaction>, _ channel: any Channel
    ) {
        let isOpen = isOpen
        let isAsked = questions.withLock { questions in
            guard isOpen, !questions.isClosed, !Task.isCancelled else { return false }
            questions.open[number] = OpenQuestion(resumption: resumption, origin: origin)
            return true
        }
        guard isAsked else { return resumption.resume(returning: .unsent) }
        var draft = question
        // Our own id space: upstreams' ids collide with each other.
        let digits = Array(String(number).utf8)
        if let extent = draft.message.id { draft.replace(extent, with: digits) }
        if let extent = draft.message.progressToken { draft.replace(extent, with: digits) }
        channel.send(draft)
    }

    private func take(_ number: Int) -> OpenQuestion? {
        questions.withLock { $0.open.removeValue(forKey: number) }
    }

    private func withdraw(_ number: Int, _ channel: any Channel) {
        guard questions.withLock({ !$0.isClosed }),
            let draft = try? Request.draft(
                .cancelled, isNotification: true,
                params: { params in
                    params.key("requestId")
                    params.integer(number)
                })
        else { return }
        channel.send(draft)
    }

    /// Fails the question that a broken answer belongs to: nothing else will come for it.
    func settle(broken id: [UInt8]?) {
        guard let id, let number = Value(id, Extent(0..<id.count)).integer else { return }
        take(number)?.resumption.resume(returning: .broken)
    }

    /// Hands the client's answer to the question; late ones are dropped quietly.
    func settle(_ answer: Message) {
        guard let extent = answer.id, let number = Value(answer.bytes, extent).integer else {
            return
        }
        take(number)?.resumption.resume(returning: .answered(answer))
    }
}
