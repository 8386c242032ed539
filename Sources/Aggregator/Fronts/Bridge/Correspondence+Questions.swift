import Wire

extension Correspondence {
    /// What becomes of a reply.
    enum Reply: Sendable, Equatable {
        /// Nobody has asked that.
        case unknown
        /// It is for the child, and whoever posted it gets no answer.
        case taken
        /// It is for the child, and the answer of another request is for whoever posted it.
        case inPlace([Effect])
    }

    /// The child asks its client something.
    mutating func ask(_ question: Question, _ bytes: [UInt8]) -> [Effect] {
        questions[question] = Posed(bytes: bytes)
        if isDuplex, let open = exchanges.last(where: { $0.takesEvents }) {
            return [pose(question, over: open)]
        }
        if let open = exchanges.last { return [pose(question, over: open)] }
        queue.append(.question(question))
        return []
    }

    /// Asks over an exchange, which goes on if the client replies elsewhere meanwhile.
    mutating func pose(_ question: Question, over open: Open) -> Effect {
        let bytes = questions[question]?.bytes ?? []
        if isDuplex, open.takesEvents { return .say(open.number, bytes) }
        close(open.number)
        questions[question]?.errand = open.errand
        errands[open.errand]?.place = .question(question)
        return .finish(open.number, bytes)
    }

    /// The client has replied over an exchange of its own.
    mutating func reply(
        to question: Question, on exchange: Exchange, takesEvents: Bool
    ) -> Reply {
        guard let posed = questions.removeValue(forKey: question) else { return .unknown }
        guard let errand = posed.errand, let wait = errands[errand] else {
            return posed.isWithdrawn ? .unknown : .taken
        }
        if let answer = wait.answer {
            errands[errand] = nil
            return .inPlace([.finish(exchange, answer)])
        }
        errands[errand]?.place = .exchange(exchange)
        return .inPlace(
            open(
                Open(number: exchange, takesEvents: takesEvents, errand: errand, isReply: true)))
    }

    /// Gives an answer to somebody who has replied to another question and waits for another answer,
    /// which the reply to this question will bring.
    ///
    /// A question does not say which request it is about, so it may have ended another one's exchange;
    /// a client that posts its replies one after another must not wait for what the next one brings.
    mutating func exchangePlaces(
        _ errand: Errand, of question: Question, _ answer: [UInt8]
    ) -> Effect? {
        guard let index = exchanges.firstIndex(where: \.isReply) else { return nil }
        let open = exchanges.remove(at: index)
        errands[errand] = nil
        errands[open.errand]?.place = .question(question)
        questions[question]?.errand = open.errand
        return .finish(open.number, answer)
    }

    /// The child does not want a reply any more; `notice` says so to a client that was asked.
    mutating func withdraw(_ question: Question, _ notice: [UInt8]) -> [Effect] {
        guard let posed = questions[question], !posed.isWithdrawn else { return [] }
        if let index = index(of: question) {
            questions[question] = nil
            remove(at: index)
            return []
        }
        if let errand = posed.errand, errands[errand] != nil {
            questions[question]?.isWithdrawn = true
            return forgetOldest() + tell(notice)
        }
        questions[question] = nil
        return tell(notice)
    }

    private func index(of question: Question) -> Int? {
        queue.firstIndex {
            if case .question(let number) = $0 { number == question } else { false }
        }
    }

    /// A client may never reply to what is over; then the answer goes to whoever comes.
    private mutating func forgetOldest() -> [Effect] {
        let withdrawn = questions.filter(\.value.isWithdrawn)
        guard withdrawn.count > Self.mostWithdrawn, let oldest = withdrawn.keys.min(),
            let errand = questions.removeValue(forKey: oldest)?.errand
        else { return [] }
        errands[errand]?.place = .anywhere
        guard let answer = errands[errand]?.answer else { return [] }
        errands[errand] = nil
        return tell(answer)
    }
}
