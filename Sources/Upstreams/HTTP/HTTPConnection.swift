import Aggregator
import Machine
import Synchronization
import Wire

/// A conversation with a server over HTTP: every message is a request of its own.
///
/// What it starts are children of `run`; nothing of it is left when that returns.
final class HTTPConnection: Connection {
    struct State {
        var exchanges: [Int: Exchange] = [:]
        var context = RequestFields.Context()
        /// Why the conversation is over, if it is.
        var over: Failure?
        var inbox: (any Inbox)?
        /// Notifications on their way.
        var notifying = 0
        /// Whether `initialized` is on its way: nothing may overtake it.
        var isGreeting = false
        /// Requests in a row that did not even reach the server.
        var unreachable = 0
        /// Which session the stream of what the server says unasked belongs to.
        var streamed = 0
        /// Why the handshake had to be made again last; nil once it was answered.
        var obstacle: String?
        var stream: TaskHandle?
        /// Where messages are posted to and answered elsewhere (HTTP with SSE); nil for today's form.
        var mailbox: Place?
        /// The headers that each tool's arguments are repeated in.
        var parameters: [String: HeaderParameters] = [:]
    }

    let entry: Entry
    let route: HTTPRoute
    let tools: Tools
    /// Where what is sent and comes is seen, if anybody records it.
    let border: (any Border)?
    let nursery = Nursery()
    let state = Mutex(State())
    let questions = Mutex(OpenQuestions())
    /// Raised when `over`, `isGreeting` or `mailbox` have changed.
    let changed = Signal()
    let start: ContinuousClock.Instant
    private let lastID = Atomic(0)

    /// How many notifications may be on their way.
    private static let mostNotifications = 64
    /// How many requests in a row may not reach the server before it counts as lost.
    static let mostUnreachable = 3

    /// A conversation that has not begun.
    init(_ route: HTTPRoute, _ entry: Entry, _ tools: Tools) {
        self.route = route
        self.entry = entry
        self.tools = tools
        border = tools.tap?.border(to: entry.name)
        start = tools.time.now
    }

    var name: String { entry.name }
    var elapsed: Duration { start.duration(to: tools.time.now) }
    var faults: HTTPFaults { HTTPFaults(upstream: name, route) }
    var obstacle: String? { state.withLock { $0.obstacle } }
    var context: RequestFields.Context { state.withLock { $0.context } }
    var isModern: Bool { context.revision?.isModern == true }

    // Every request is a conversation of its own.
    var keepsEra: Bool { false }
    var greetsFirst: Bool { route.manners.greetsFirst }
    var repeatsArguments: Bool { true }

    // MARK: Calls

    func call(_ call: Call) async throws(Failure) -> Message {
        let exchange = Exchange(
            lastID.add(1, ordering: .relaxed).newValue, call, entry.timeouts, now: elapsed)
        if Task.isCancelled {
            throw Failure(.cancelled, "The call was cancelled.", upstream: name)
        }
        let over = state.withLock { state in
            if state.over == nil { state.exchanges[exchange.id] = exchange }
            return state.over
        }
        if let over { throw over }
        defer { state.withLock { _ = $0.exchanges.removeValue(forKey: exchange.id) } }
        nursery.start { await self.carry(exchange) }
        if let outcome = await exchange.wait() { return try outcome.get() }
        let failure = Failure(
            .cancelled, "The call was cancelled.", upstream: name, executed: .unknown)
        if exchange.settle(.failure(failure)) { withdraw(exchange, call.caller?.cancelled) }
        throw failure
    }

    /// Ends a call that nobody waits for any more, as its era does: a closed stream is enough for
    /// modern servers and means nothing to others.
    func withdraw(_ exchange: Exchange, _ draft: Draft?) {
        exchange.hangUp()
        let method = exchange.call.method
        guard !isModern, method != .initialize, method != .discover else { return }
        if var draft, let extent = draft.message.requestId {
            draft.replace(extent, withInteger: exchange.id)
            return post(draft)
        }
        let draft = try? Request.draft(.cancelled, isNotification: true) { params in
            params.key("requestId")
            params.integer(exchange.id)
        }
        if let draft { post(draft) }
    }

    func sweep(now: ContinuousClock.Instant) {
        let now = start.duration(to: now)
        expireQuestions(at: now)
        for exchange in state.withLock({ Array($0.exchanges.values) }) {
            explainColdStart(exchange, at: now)
            guard let lateness = exchange.lateness(at: now) else { continue }
            let failure = Failure(
                .timeout,
                "Upstream '\(name)' did not answer in time: \(lateness).",
                advice: "If it is only slow, raise 'timeouts' of this upstream.", upstream: name,
                executed: .unknown)
            if exchange.settle(.failure(failure)) { withdraw(exchange, nil) }
        }
    }

    /// Everybody whose call is under way.
    var callers: [Caller] {
        state.withLock { $0.exchanges.values.compactMap(\.call.caller) }
    }

    // MARK: Notifications

    func notify(_ draft: Draft) -> Bool {
        let method = draft.message.method
        // A modern server is told nothing but what nobody here knows.
        if isModern, method != .other { return true }
        let isFull = state.withLock { state in
            if method == .initialized { state.isGreeting = true }
            return state.notifying >= Self.mostNotifications
        }
        if isFull, method != .initialized, method != .cancelled { return false }
        post(draft)
        return true
    }

    /// Posts what gets no answer.
    func post(_ draft: Draft) {
        state.withLock { $0.notifying += 1 }
        nursery.start {
            await self.deliver(draft.bytes)
            self.state.withLock { state in
                state.notifying -= 1
                if draft.message.method == .initialized { state.isGreeting = false }
            }
            if draft.message.method == .initialized { self.changed.raise() }
        }
    }

    // MARK: What is learned

    func learned(_ profile: ServerProfile) {
        state.withLock { state in
            state.context.revision = profile.revision
            let isOver = profile.revision.isModern && !route.manners.keepsEverySession
            if isOver { state.context.session = nil }
        }
        guard route.manners.hasStream, !profile.revision.isModern, mailbox == nil else { return }
        openStream()
    }

    func learned(_ listing: Listing) {
        guard isModern else { return }
        var parameters: [String: HeaderParameters] = [:]
        for json in listing.items[.tool] ?? [] {
            guard let marked = try? HeaderParameters(tool: json),
                let name = Value(json, Extent(0..<json.count))["name"]?.string
            else { continue }
            parameters[name] = marked
        }
        state.withLock { $0.parameters = parameters }
    }

    var mailbox: Place? { state.withLock { $0.mailbox } }
}
