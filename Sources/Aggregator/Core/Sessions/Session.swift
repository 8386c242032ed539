import Synchronization
package import Wire

/// One client's conversation: its ids, its state, the way back to it.
///
/// Whatever revision the client speaks, a request leaves here as a `Caller` with an `Envelope` and
/// comes back as an `Answer`; a thrown `Failure` becomes an answer here and nowhere else.
package final class Session: HubClient {
    /// What changes; read and changed under the lock.
    struct State {
        /// Nil until the client has sent `initialize`.
        var envelope: Envelope?
        var links = LinkSet.none
        var level: LogLevel?
        var inFlight = WaitingTable<TokenKey, InFlight>()
        /// How often an id was used that was still under way.
        var lastRepeat = 0
        var watches = Watches()
        var seen = SeenLists()
        var openedAt: ContinuousClock.Instant?
        /// Whether somebody waits for the requests under way to come to their end.
        var isFinishing = false
    }

    /// A request that has not been answered yet.
    struct InFlight: Sendable {
        let caller: Caller
        /// Only ever cancelled or cleared under the lock of the table (pattern of group children).
        let task: TaskHandle?
        /// Whether it lasts until somebody ends it, so that nobody waits for its end.
        var isOpenEnded = false
    }

    let channel: any Channel
    /// The channel's, which never changes.
    let leavesCancelling: Bool
    let hub: Hub
    let principal: Principal
    let state = Mutex(State())
    /// Apart from the rest: a request that is cancelled under that lock withdraws what it asks.
    let questions = Mutex(Questions())
    /// Raised when the last request has been answered and somebody waits for that.
    let progress = Signal()

    static let unopened = Envelope(
        revision: .newestLegacy, capabilities: .none, clientName: "", principal: .local)

    /// A session that the client has not opened yet.
    package init(channel: any Channel, hub: Hub, principal: Principal = .local) {
        self.channel = channel
        leavesCancelling = channel.leavesCancelling
        self.hub = hub
        self.principal = principal
    }

    /// Whether it is this principal's.
    package func isOf(_ principal: Principal) -> Bool { self.principal == principal }

    package var envelope: Envelope { state.withLock { $0.envelope } ?? Self.unopened }
    package var links: LinkSet { state.withLock { $0.links } }
    func hold(_ links: LinkSet) { state.withLock { $0.links = links } }
    var openedAt: ContinuousClock.Instant? { state.withLock { $0.openedAt } }
    package var logLevel: LogLevel? { state.withLock { $0.level } }
    /// Whether nothing is under way, neither the client's requests nor questions to it.
    package var isIdle: Bool {
        state.withLock { $0.inFlight.isEmpty } && questions.withLock { $0.open.isEmpty }
    }

    /// Without a level of its choice, the server decides what to send (MCP, "Logging").
    package func wants(_ level: LogLevel) -> Bool { logLevel.map { level >= $0 } ?? true }

    package var isOpen: Bool { state.withLock { $0.envelope != nil } }
    package var isCongested: Bool { channel.isCongested }
    package func drained() async { await channel.drained() }

    // MARK: Receiving

    /// Takes one line from the client; what takes time becomes a child in `group`.
    package func receive(_ line: LineBuffer.Line, in group: inout DiscardingTaskGroup) {
        switch line {
        case .complete(let bytes):
            do throws(Rejection) {
                switch try Frame(scanning: bytes, limits: hub.limits) {
                case .message(let message): receive(message, batch: nil, in: &group)
                case .batch(let batch): receive(batch, in: &group)
                }
            } catch {
                refuse(error)
            }
        case .tooLong(let head, let length):
            let found = Rejection.identify(head: head)
            guard !found.isResponse else { return settle(broken: found.id) }
            let text =
                "The message of \(length) bytes is over the limit of \(hub.limits.bytes) "
                + "('limits.message')."
            write(.error(Answer.error(code: -32600, text)), id: found.id?[...] ?? Self.null)
        }
    }

    /// Takes what one body of an exchange carries, which `exchange` belongs to.
    package func receive(
        _ frame: Frame, over exchange: (any Channel)? = nil, in group: inout DiscardingTaskGroup
    ) {
        switch frame {
        case .message(let message): receive(message, batch: nil, over: exchange, in: &group)
        case .batch(let batch): receive(batch, over: exchange, in: &group)
        }
    }

    /// What answers a request that has no usable id.
    static let null = Array("null".utf8)[...]

    /// Takes one message, alone or as part of a batch.
    ///
    /// `exchange` is the channel that belongs to this message alone, where there is one.
    func receive(
        _ message: Message, batch: Batch?, over exchange: (any Channel)? = nil,
        in group: inout DiscardingTaskGroup
    ) {
        switch message.kind {
        case .request: request(message, batch: batch, over: exchange, in: &group)
        case .notification: notification(message)
        case .result, .error: settle(message)
        }
    }

    private func refuse(_ rejection: Rejection) {
        hub.services.log(.debug, "A message of the client was refused: \(rejection.reason)")
        guard !rejection.isResponse else { return settle(broken: rejection.id) }
        let error = Answer.error(code: rejection.rpcCode, Self.sentence(rejection))
        write(.error(error), id: rejection.id?[...] ?? Self.null)
    }

    /// What a client reads about a message that was refused.
    static func sentence(_ rejection: Rejection) -> String {
        (rejection.rpcCode == -32700 ? "Parse error: " : "Invalid request: ") + rejection.reason
    }

    // MARK: Sending

    package func send(_ aside: Draft) {
        if isOpen { channel.send(aside) }
    }

    /// Answers a request, or nobody under the id `null`.
    func write(_ answer: Answer, id: ArraySlice<UInt8>) { channel.answer(answer, id: id) }

    /// Answers a request: on its own, or as part of the batch that it came in.
    func write(
        _ answer: Answer, id: ArraySlice<UInt8>, batch: Batch?, over exchange: (any Channel)? = nil
    ) {
        let channel = exchange ?? channel
        guard let batch else { return channel.answer(answer, id: id) }
        if let whole = batch.add(answer, id: id) { channel.answer(batch: whole) }
    }
}
