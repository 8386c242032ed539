package import Aggregator
import Synchronization
package import Wire

/// Something that the child asked its client.
final class Question: Sendable {
    private let reply = Mutex<Message?>(nil)
    private let replied = Signal()

    /// The client has replied.
    func answer(_ message: Message) {
        reply.withLock { $0 = message }
        replied.raise()
    }

    /// The reply; nil when the task is cancelled.
    func answered() async -> Message? {
        await replied.wait(after: 0)
        return reply.withLock { $0 }
    }
}

extension BridgeFront: Inbox {
    package func ended() { child.leave() }

    package func noise(_ reason: String) {
        settings.log(.warning, "'\(settings.name)': a line was skipped: \(reason)")
    }

    /// A log line says nothing of a request; with one under way it is about that.
    package func hearer(among callers: () -> [Caller]) -> Caller? {
        let callers = callers()
        return callers.count == 1 ? callers.first : nil
    }

    package func aside(_ message: Message, caller: Caller?) async {
        child.heard()
        var draft = Draft(message)
        var errand = caller?.outlet as? Errand
        if message.method == .progress {
            guard let caller, let token = caller.progressToken, let extent = message.reportedToken
            else { return }
            draft.replace(extent, with: token)
        } else if let (listener, extent) = subscriber(of: message) {
            errand = listener
            draft.replace(extent, with: listener.id)
        }
        tell(draft, about: errand)
        // Back-pressure: a client that reads slowly slows the child down.
        let way = errand.flatMap { channel(of: $0) } ?? latestStream
        if let way, way.isCongested { await way.drained() }
    }

    private var latestStream: PostChannel? {
        state.withLock { state in
            state.correspondence.exchanges.last { $0.takesEvents }
                .flatMap { state.turns[$0.number] }
        }?.channel
    }

    /// Whose `subscriptions/listen` a notification names, by the id which that has on this hop
    /// (MCP 2026-07-28).
    private func subscriber(of message: Message) -> (Errand, Extent)? {
        guard let meta = message.meta,
            let id = message.value(meta)["io.modelcontextprotocol/subscriptionId"],
            let peer = child.peer,
            let errand = peer.caller(reporting: id.extent, in: message)?.outlet as? Errand
        else { return nil }
        return (errand, id.extent)
    }

    package func question(
        _ message: Message, callers: [Caller], reply: any Connection, asking addressee: Addressee
    ) async -> Answer {
        child.heard()
        // Whether we are there is all that is asked, and a client may not be.
        guard message.method != .ping, let id = message.id else { return .empty }
        let question = Question()
        perform { state in
            state.lastQuestion += 1
            state.questions[state.lastQuestion] = question
            var draft = Draft(message)
            draft.replace(id, withInteger: state.lastQuestion)
            return state.correspondence.ask(state.lastQuestion, draft.bytes)
        }
        let answer = await question.answered()
        if let answer { return .relayed(Draft(answer)) }
        withdraw(question)
        return .error(Answer.error(code: -32800, "The question was withdrawn."))
    }

    private func withdraw(_ question: Question) {
        perform { state in
            guard let number = state.questions.first(where: { $0.value === question })?.key else {
                return []
            }
            state.questions[number] = nil
            return state.correspondence.withdraw(number, Self.withdrawal(of: number))
        }
    }

    private static func withdrawal(of number: Int) -> [UInt8] {
        let method = Method.cancelled.name
        return Array(
            #"{"jsonrpc":"2.0","method":"\#(method)","params":{"requestId":\#(number)}}"#.utf8)
    }
}
