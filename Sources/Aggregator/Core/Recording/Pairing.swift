import Wire

/// Finds out which messages of a recording belong together: one line after another.
struct Pairing {
    private(set) var exchanges: [RecordedExchange] = []
    /// Where the exchanges are that have no answer yet, per conversation, oldest first.
    private var open: [Conversation: [Int]] = [:]
    /// Where the exchange of each id is.
    private var known: [Question: Int] = [:]

    private struct Conversation: Hashable {
        let upstream: String
        let link: Int
    }

    private struct Question: Hashable {
        let conversation: Conversation
        let id: [UInt8]
    }

    /// Forgets what is open: the process that would have heard the answers is gone.
    mutating func restart() {
        open = [:]
        known = [:]
    }

    /// Takes the next message.
    mutating func take(_ recorded: RecordedMessage) {
        let conversation = Conversation(upstream: recorded.upstream, link: recorded.link)
        let message = recorded.message
        switch (message.kind, recorded.isOutgoing) {
        case (.request, true): begin(recorded, conversation)
        case (.request, false):
            if let index = onlyCall(in: conversation) { exchanges[index].questions.append(message) }
        case (.result, false), (.error, false): settle(message, conversation)
        case (.notification, false): hear(message, conversation)
        case (.notification, true): withdraw(message, conversation)
        // What was answered to a question says nothing about a call.
        case (.result, true), (.error, true): break
        }
    }

    /// A request whose id was used before is the same one, sent again: what came of it then is void.
    private mutating func begin(_ recorded: RecordedMessage, _ conversation: Conversation) {
        let id = recorded.message.id.map { Semantics.json(recorded.message.value($0)) } ?? []
        let question = Question(conversation: conversation, id: id)
        if let index = known[question] {
            open[conversation]?.removeAll { $0 == index }
            open[conversation, default: []].append(index)
            exchanges[index] = RecordedExchange(recorded)
        } else {
            known[question] = exchanges.count
            open[conversation, default: []].append(exchanges.count)
            exchanges.append(RecordedExchange(recorded))
        }
    }

    private mutating func settle(_ answer: Message, _ conversation: Conversation) {
        guard let id = answer.id.map({ Semantics.json(answer.value($0)) }),
            let index = close(id, conversation)
        else { return }
        exchanges[index].answer = answer
    }

    /// A call that was cancelled gets no answer.
    private mutating func withdraw(_ message: Message, _ conversation: Conversation) {
        guard message.method == .cancelled, let id = message.requestId else { return }
        _ = close(Semantics.json(message.value(id)), conversation)
    }

    /// Takes the exchange of an id out of those that are open.
    private mutating func close(_ id: [UInt8], _ conversation: Conversation) -> Int? {
        let place = open[conversation]?.firstIndex { index in
            let request = exchanges[index].request
            return request.id.map { Semantics.json(request.value($0)) } == id
        }
        return place.flatMap { open[conversation]?.remove(at: $0) }
    }

    private mutating func hear(_ message: Message, _ conversation: Conversation) {
        if message.method == .progress {
            guard let extent = message.reportedToken else { return }
            let token = Semantics.json(message.value(extent))
            let index = open[conversation]?.first { index in
                let request = exchanges[index].request
                return request.progressToken.map { Semantics.json(request.value($0)) } == token
            }
            if let index { exchanges[index].notifications.append(message) }
        } else if let index = onlyCall(in: conversation) {
            exchanges[index].notifications.append(message)
        }
    }

    /// The exchange under way, if there is just one; what listens for ever does not count.
    private func onlyCall(in conversation: Conversation) -> Int? {
        let calls = (open[conversation] ?? []).filter { exchanges[$0].method != .listen }
        return calls.count == 1 ? calls[0] : nil
    }
}
