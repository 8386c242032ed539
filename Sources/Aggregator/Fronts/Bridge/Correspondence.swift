import Wire

/// Who hears what, and over which exchange: decides, and does nothing.
///
/// A stdio server has one client, so all who post are that client. What the child says about a
/// request goes over that request's exchange, all else over the stream that began last; what nothing
/// can carry waits, in order. What the child asks ends an exchange, unless the
/// client has said that it replies while its streams are open; whoever posts the reply then waits in
/// the place of the exchange that ended.
struct Correspondence: Sendable {
    typealias Exchange = Int
    typealias Errand = Int
    typealias Question = Int

    /// What is to be done about an exchange or a request.
    enum Effect: Sendable, Equatable {
        /// Says something and leaves the exchange open.
        case say(Exchange, [UInt8])
        /// Says something, and it is the last.
        case finish(Exchange, [UInt8])
        /// Nobody can be given the answer any more.
        case cancel(Errand)
    }

    /// An exchange over which an answer is waited for.
    struct Open: Sendable {
        let number: Exchange
        /// Whether it may carry more than one message.
        let takesEvents: Bool
        let errand: Errand
        /// Whether it came with a reply, so that its client takes the answer to any of its requests.
        var isReply = false
    }

    /// Where the answer to a request goes.
    enum Place: Sendable, Equatable {
        case exchange(Exchange)
        /// To whoever replies to this question, which took the exchange.
        case question(Question)
        /// To anybody: what it was asked instead is over.
        case anywhere
    }

    struct Wait: Sendable {
        /// The id that its client gave it.
        let id: [UInt8]
        var place: Place
        /// The answer, once it is there and before it can be given.
        var answer: [UInt8]?
    }

    struct Posed: Sendable {
        let bytes: [UInt8]
        /// The request whose exchange it ended.
        var errand: Errand?
        /// The child wants no reply any more, but whoever replies may take the answer.
        var isWithdrawn = false
    }

    /// Something that waits for a way to the client.
    enum Item: Sendable {
        case message([UInt8])
        case question(Question)
    }

    /// Whether questions are replied to while streams are open.
    var isDuplex = false
    /// In the order in which they began.
    var exchanges: [Open] = []
    var errands: [Errand: Wait] = [:]
    var questions: [Question: Posed] = [:]
    var queue: [Item] = []
    /// The bytes of the messages in it.
    var queued = 0
    /// How many messages had to make room.
    private(set) var dropped = 0

    /// How many messages wait for a way at most, and how many bytes; the oldest make room.
    static let most = 1000
    static let mostBytes = 8 << 20
    /// How many requests wait at most for somebody who replies to a question that is over.
    static let mostWithdrawn = 64

    /// Whether a request is under way, or its answer waits for somebody.
    var isBusy: Bool { !errands.isEmpty }

    // MARK: Requests

    /// A request has come over an exchange.
    mutating func begin(
        _ errand: Errand, id: [UInt8], on exchange: Exchange, takesEvents: Bool
    ) -> [Effect] {
        errands[errand] = Wait(id: id, place: .exchange(exchange))
        return open(Open(number: exchange, takesEvents: takesEvents, errand: errand))
    }

    /// The child has answered.
    mutating func answer(_ errand: Errand, _ bytes: [UInt8]) -> [Effect] {
        guard let wait = errands[errand] else { return [] }
        switch wait.place {
        case .exchange(let exchange):
            errands[errand] = nil
            close(exchange)
            return [.finish(exchange, bytes)]
        case .question(let question):
            if let effect = exchangePlaces(errand, of: question, bytes) { return [effect] }
            errands[errand]?.answer = bytes
            return []
        case .anywhere:
            errands[errand] = nil
            return tell(bytes)
        }
    }

    /// The client does not want the answer to its request of this id; nil if that is none, or could
    /// be one of several.
    mutating func cancel(
        id: ArraySlice<UInt8>, saying bytes: [UInt8]
    ) -> (errand: Errand, effects: [Effect])? {
        let named = errands.filter { $0.value.answer == nil && $0.value.id.elementsEqual(id) }
        guard named.count == 1, let (errand, wait) = named.first else { return nil }
        errands[errand] = nil
        guard case .exchange(let exchange) = wait.place else { return (errand, [.cancel(errand)]) }
        close(exchange)
        return (errand, [.cancel(errand), .finish(exchange, bytes)])
    }

    /// The client has gone away from an exchange, so that its answer is nobody's.
    mutating func leave(_ exchange: Exchange) -> [Effect] {
        guard let open = close(exchange) else { return [] }
        errands[open.errand] = nil
        return [.cancel(open.errand)]
    }

    /// Ends every exchange, each with what is said about its request's id.
    mutating func end(_ words: (_ id: [UInt8]) -> [UInt8]) -> [Effect] {
        defer { exchanges = [] }
        return exchanges.flatMap { open -> [Effect] in
            guard let wait = errands.removeValue(forKey: open.errand) else { return [] }
            return [.cancel(open.errand), .finish(open.number, words(wait.id))]
        }
    }

    // MARK: What is said

    /// The child has said something, about a request where that is known.
    mutating func tell(_ bytes: [UInt8], about errand: Errand? = nil) -> [Effect] {
        if let exchange = stream(for: errand) { return [.say(exchange, bytes)] }
        enqueue(bytes)
        return []
    }

    private func stream(for errand: Errand?) -> Exchange? {
        guard let errand else { return exchanges.last { $0.takesEvents }?.number }
        return exchanges.last { $0.errand == errand && $0.takesEvents }?.number
    }

    private mutating func enqueue(_ bytes: [UInt8]) {
        queue.append(.message(bytes))
        queued += bytes.count
        while queued > Self.mostBytes || queue.count > Self.most, let oldest = oldestMessage {
            remove(at: oldest)
            dropped += 1
        }
    }

    /// Questions are bounded where they come from; here they only make no room for messages.
    private var oldestMessage: Int? {
        queue.firstIndex { if case .message = $0 { true } else { false } }
    }

    @discardableResult
    mutating func remove(at index: Int) -> Item {
        let item = queue.remove(at: index)
        if case .message(let bytes) = item { queued -= bytes.count }
        return item
    }

    /// What waits, for somebody who has posted nothing that is answered: all of it as events, or the
    /// first as a body.
    mutating func collect(takesEvents: Bool) -> [[UInt8]] {
        var collected: [[UInt8]] = []
        while !queue.isEmpty {
            switch remove(at: 0) {
            case .message(let bytes): collected.append(bytes)
            case .question(let question):
                if let posed = questions[question] { collected.append(posed.bytes) }
                if !isDuplex { return collected }
            }
            if !takesEvents { break }
        }
        return collected
    }

    // MARK: Exchanges

    /// An exchange begins: it carries what waits, as far as it can.
    mutating func open(_ open: Open) -> [Effect] {
        exchanges.append(open)
        var effects: [Effect] = []
        var index = 0
        while index < queue.count {
            if case .message = queue[index], !open.takesEvents {
                index += 1
                continue
            }
            switch remove(at: index) {
            case .message(let bytes): effects.append(.say(open.number, bytes))
            case .question(let question):
                let effect = pose(question, over: open)
                effects.append(effect)
                if case .finish = effect { return effects }
            }
        }
        return effects
    }

    @discardableResult
    mutating func close(_ exchange: Exchange) -> Open? {
        // Those that began last end first, more often than not.
        guard let index = exchanges.lastIndex(where: { $0.number == exchange }) else { return nil }
        return exchanges.remove(at: index)
    }
}
