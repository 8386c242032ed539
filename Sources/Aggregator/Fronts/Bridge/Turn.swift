import Aggregator
import Machine
import Synchronization
import Wire

/// One exchange over which an answer is waited for.
final class Turn: Sendable {
    let number: Int
    /// Whether its client takes a stream of events.
    let takesEvents: Bool
    let channel: PostChannel
    private let wait = Mutex(Wait.none)

    /// Who waits for its end: one task at most, and once.
    private enum Wait: Sendable {
        case none
        case waiting(Resumption<Void>)
        case over
    }

    /// The turn of an exchange that nobody has answered.
    init(_ number: Int, _ exchange: HTTPExchange, takesEvents: Bool, _ time: any Timekeeper) {
        self.number = number
        self.takesEvents = takesEvents
        // Only a stream may have to show that it lives.
        channel = PostChannel(exchange, .plain, takesEvents ? time : nil)
    }

    /// Says the last of it.
    func finish(_ message: [UInt8]) {
        channel.finish(written: message)
        end()
    }

    /// Its client is gone.
    func abandon() { end() }

    /// Returns when it is over.
    ///
    /// Cancelling the task ends it by way of the client: the server closes every connection then.
    func ended() async {
        await Resumption<Void>.wait { resumption in
            let isOver = wait.withLock { wait in
                if case .over = wait { return true }
                wait = .waiting(resumption)
                return false
            }
            if isOver { resumption.resume(returning: ()) }
        }
    }

    private func end() {
        let before = wait.withLock { wait in
            defer { wait = .over }
            return wait
        }
        if case .waiting(let resumption) = before { resumption.resume(returning: ()) }
    }
}

/// A request on its way to the child, which may outlive the exchange that it came over.
final class Errand: Outlet {
    let number: Int
    let message: Message
    /// The id that its client gave it.
    let id: [UInt8]
    private let front: BridgeFront

    /// The errand of a client's request.
    init(_ number: Int, _ message: Message, _ front: BridgeFront) {
        self.number = number
        self.message = message
        self.front = front
        id = message.id.map { Array(message[$0]) } ?? []
    }

    /// What the child is called with; whoever cancels the errand wakes it.
    var caller: Caller {
        Caller(
            outlet: self, envelope: Self.envelope, links: .none,
            progressToken: message.progressToken.map { Array(message[$0]) }, isWoken: true)
    }

    private static let envelope = Envelope(
        revision: .newestLegacy, capabilities: .none, clientName: "bridge", principal: .local)

    // MARK: Outlet

    func send(_ aside: Draft) { front.tell(aside, about: self) }
    var isCongested: Bool { front.channel(of: self)?.isCongested ?? false }
    func drained() async { await front.channel(of: self)?.drained() }
    func wants(_ level: LogLevel) -> Bool { true }

    func ask(_ question: Draft, origin: QuestionOrigin) async throws(Failure) -> Message {
        throw Failure(.methodNotFound, "Questions are put by the bridge itself.")
    }
}
