import Synchronization
package import Wire

/// Requests and their answers over a conversation in lines: ids, tokens, cancellation, silence.
///
/// Used by stdio upstreams and by every other child that speaks JSON-RPC in lines. Ids are ours,
/// count from one and serve as progress tokens too.
package final class Peer: Sendable {
    enum Outcome: Sendable {
        case answered(Message)
        case failed(Failure)
        /// Cancelled after the request was sent.
        case cancelled
        /// Cancelled before anything of it was sent: the upstream has nothing to forget.
        case unsent
    }

    struct Pending {
        let resumption: Resumption<Outcome>
        let caller: Caller?
        /// Where in the outgoing stream the request begins.
        let position: UInt64
        let patience: Duration
        // Times count from the peer's start: durations have a fixed size, instants do not, and an
        // entry of unknown size is moved ten times as slowly.
        /// When it ends whatever is heard; nil for no bound.
        let deadline: Duration?
        let began: Duration
    }

    struct State {
        var pending = WaitingTable<Int, Pending>()
        var over: Failure?
        /// When the upstream gave its last sign of life, or had no chance to give one.
        var lastHeard = Duration.zero
        /// Whether we do not read what the upstream writes.
        var isPaused = false
        /// When `keepDeadlines` looks next at what is late; nil while nothing can be.
        var alarm: Duration?
    }

    /// The configured name of the upstream, for errors.
    package let name: String
    let transport: any LineTransport
    let time: any Timekeeper
    private let timeouts: @Sendable () -> Configuration.Timeouts
    let start: ContinuousClock.Instant
    let lastID = Atomic(0)
    /// How many bytes waited when something first had to be written to a congested transport since
    /// there was room; 0 while there is.
    let backlog = Atomic<UInt64>(0)
    /// The task that runs the conversation, while it does.
    let runner = Mutex<TaskHandle?>(nil)
    let state = Mutex(State())
    /// Raised when the alarm is to go off sooner.
    let alarmed = Signal()

    /// A peer that has said nothing yet; its timeouts are the upstream's as they are at each call.
    package init(
        name: String, transport: any LineTransport, time: any Timekeeper,
        timeouts: @escaping @Sendable () -> Configuration.Timeouts
    ) {
        self.name = name
        self.transport = transport
        self.time = time
        self.timeouts = timeouts
        start = time.now
    }

    /// The time since its start.
    var elapsed: Duration { start.duration(to: time.now) }

    // MARK: Asking

    /// Sends a request under an id of ours and waits for its answer.
    @inline(__always)
    package func call(_ call: Call) async throws(Failure) -> Message {
        var load = transport.load
        if load.isCongested {
            try await waitForRoom(call.patience ?? timeouts().idle)
            load = transport.load
        }
        backlog.store(0, ordering: .relaxed)
        let id = lastID.add(1, ordering: .relaxed).newValue
        let position = load.accepted
        guard call.isDirect else { return try await callWatchfully(id, call, at: position) }
        let outcome = await Resumption<Outcome>.wait { begin(id, call, at: position, $0) }
        return try conclude(id, call, outcome)
    }

    /// Sends a request and waits for its answer or the cancellation of the task.
    @inline(never)
    private func callWatchfully(
        _ id: Int, _ call: Call, at position: UInt64
    ) async throws(Failure) -> Message {
        let outcome = await withTaskCancellationHandler {
            await Resumption<Outcome>.wait { begin(id, call, at: position, $0) }
        } onCancel: {
            abandon(id)
        }
        return try conclude(id, call, outcome)
    }

    /// Ends the wait for an answer that nobody wants any more.
    func abandon(_ id: Int) { take(id)?.resumption.resume(returning: .cancelled) }

    private func conclude(
        _ id: Int, _ call: Call, _ outcome: Outcome
    ) throws(Failure) -> Message {
        try conclude(id, outcome, opens: call.method.opens, caller: call.caller)
    }

    /// What a call comes to; the upstream is told if nobody waits for its answer any more.
    @inline(__always)
    func conclude(
        _ id: Int, _ outcome: Outcome, opens: Bool, caller: Caller?
    ) throws(Failure) -> Message {
        switch outcome {
        case .answered(let message): return message
        case .failed(let failure):
            // A server that has not been greeted yet can do nothing with a cancellation.
            if failure.code == .timeout, !opens { cancel(id, caller: nil) }
            throw failure
        case .cancelled:
            // A handshake cannot be cancelled (MCP, "Cancellation").
            if !opens { cancel(id, caller: caller) }
            throw Failure(
                .cancelled, "The call was cancelled.", upstream: name, executed: .unknown)
        case .unsent:
            throw Failure(.cancelled, "The call was cancelled.", upstream: name)
        }
    }

    private func begin(
        _ id: Int, _ call: Call, at position: UInt64, _ resumption: Resumption<Outcome>
    ) {
        // Whoever cancels marks the task, then looks here: one of us sees the other.
        if call.isDirect { call.caller?.waits(for: id, of: self) }
        let timeouts = timeouts()
        let now = elapsed
        let isWelcome = enter(
            Pending(
                resumption: resumption, caller: call.caller, position: position,
                patience: Self.patience(of: call, timeouts),
                deadline: Self.bound(of: call, timeouts).map { now + $0 }, began: now),
            at: id)
        guard isWelcome else { return }
        transport.write { buffer in
            call.draft.write(numbered: id, into: &buffer)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    /// Notes what waits under an id; false, and its wait over, if nothing is to be sent any more.
    @inline(__always)
    func enter(_ pending: Pending, at id: Int) -> Bool {
        let refusal: Outcome? = state.withLock { state in
            if let over = state.over { return .failed(over) }
            if Task.isCancelled { return .unsent }
            _ = state.pending.insert(pending, at: id)
            return nil
        }
        if let refusal { pending.resumption.resume(returning: refusal) }
        return refusal == nil
    }

    /// The patience with a call that ends when the other side has nothing more to say.
    static let endless = Duration.seconds(1 << 40)

    /// How long nothing may be heard about a call.
    private static func patience(of call: Call, _ timeouts: Configuration.Timeouts) -> Duration {
        call.isOpenEnded ? endless : call.patience ?? timeouts.idle
    }

    /// How long a call may take, whatever is heard.
    ///
    /// A server may chat while it starts, so its patience is all that a handshake gets.
    private static func bound(of call: Call, _ timeouts: Configuration.Timeouts) -> Duration? {
        if call.isOpenEnded { return nil }
        return call.method.opens ? call.patience ?? timeouts.start : timeouts.total
    }

    func take(_ id: Int) -> Pending? {
        state.withLock { $0.pending.remove(id) }
    }

    /// Tells the upstream, with this hop's id and the client's reason, that nobody waits any more.
    private func cancel(_ id: Int, caller: Caller?) {
        guard state.withLock({ $0.over == nil }) else { return }
        if var draft = caller?.cancelled, let extent = draft.message.requestId {
            draft.replace(extent, withInteger: id)
            send(draft)
            return
        }
        write { buffer in
            buffer.append(
                contentsOf: #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":"#.utf8)
            buffer.append(contentsOf: #"{"requestId":"#.utf8)
            appendDecimal(id, to: &buffer)
            buffer.append(contentsOf: "}}".utf8)
        }
    }
}

extension Method {
    /// Whether it opens a conversation: then it cannot be cancelled, and has the time of a start.
    fileprivate var opens: Bool { self == .initialize || self == .discover }
}
