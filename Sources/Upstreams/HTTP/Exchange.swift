import Aggregator
import Synchronization
import Wire

/// One call under way: who waits for it, and what has been heard of it.
final class Exchange: Sendable {
    private struct State {
        var outcome: Result<Message, Failure>?
        /// When the last sign of life came, since the connection's start.
        var lastHeard: Duration
        /// Whether we do not read what comes.
        var isPaused = false
        /// How many questions of the server about this call wait for a person.
        var questions = 0
        /// Whether it has been made again because its answer was cut off.
        var hasRepeated = false
        /// How often it has been sent.
        var sends = 0
        /// Whether other credentials have been asked for because of it.
        var hasRenewed = false
        /// Whether its client was told why it takes long.
        var isExplained = false
        /// Cancelled and removed under the lock only.
        var task: TaskHandle?
    }

    let id: Int
    let call: Call
    /// How long nothing may be heard of it.
    private let patience: Duration
    /// When it ends whatever is heard; nil for no bound.
    private let deadline: Duration?
    /// When it began, since the connection's start.
    let start: Duration
    private let state: Mutex<State>
    /// Raised when it is over.
    private let over = Signal()

    /// A call that is about to be sent; `now` counts from the connection's start.
    init(_ id: Int, _ call: Call, _ timeouts: Configuration.Timeouts, now: Duration) {
        self.id = id
        self.call = call
        let isOpening = call.method == .initialize || call.method == .discover
        patience = call.isOpenEnded ? .seconds(1 << 40) : call.patience ?? timeouts.idle
        let bound = isOpening ? call.patience ?? timeouts.start : timeouts.total
        deadline = call.isOpenEnded ? nil : bound.map { now + $0 }
        start = now
        state = Mutex(State(lastHeard: now))
    }

    /// Whether it opens a conversation.
    var isOpening: Bool { call.method == .initialize || call.method == .discover }

    /// Whether it may be made twice: it changes nothing, or nothing yet.
    var isRepeatable: Bool { call.method.isRepeatable }

    /// Whether it may be made again after its answer was cut off: once.
    func repeats() -> Bool {
        state.withLock { state in
            defer { state.hasRepeated = true }
            return isRepeatable && !state.hasRepeated
        }
    }

    /// How often it has been sent so far.
    var sends: Int { state.withLock { $0.sends } }

    /// Notes that it is being sent.
    func sent() { state.withLock { $0.sends += 1 } }

    /// Whether other credentials may be asked for because of it: once.
    func renews() -> Bool {
        state.withLock { state in
            defer { state.hasRenewed = true }
            return !state.hasRenewed
        }
    }

    /// Whether its client is still to be told why it takes long: once.
    func explains() -> Bool {
        state.withLock { state in
            defer { state.isExplained = true }
            return !state.isExplained
        }
    }

    // MARK: Its end

    /// What came of it; nil while it is under way.
    var outcome: Result<Message, Failure>? { state.withLock { $0.outcome } }

    /// Notes what came of it; false if that was known before.
    @discardableResult
    func settle(_ outcome: Result<Message, Failure>) -> Bool {
        let isFirst = state.withLock { state in
            guard state.outcome == nil else { return false }
            state.outcome = outcome
            return true
        }
        if isFirst { over.raise() }
        return isFirst
    }

    /// Waits for the outcome; nil if the task is cancelled before.
    func wait() async -> Result<Message, Failure>? {
        while true {
            let version = over.version
            if let outcome { return outcome }
            if Task.isCancelled { return nil }
            await over.wait(after: version)
        }
    }

    // MARK: The task that carries it out

    /// Notes that the running task carries it out.
    func began() {
        TaskHandle.withCurrent { task in state.withLock { $0.task = task } }
    }

    /// Notes that the task is ending.
    func ended() { state.withLock { $0.task = nil } }

    /// Ends the request, and the stream of its answer.
    func hangUp() { state.withLock { $0.task?.cancel() } }

    // MARK: Signs of life

    /// Notes that something of it was heard.
    func heard(at now: Duration) { state.withLock { $0.lastHeard = now } }

    /// Does not count as silence that nothing is read.
    func pause(_ isPaused: Bool, at now: Duration) {
        state.withLock { state in
            state.isPaused = isPaused
            state.lastHeard = now
        }
    }

    /// Notes that a person is asked, or has answered, which may take its time.
    func asking(_ change: Int, at now: Duration) {
        state.withLock { state in
            state.questions += change
            state.lastHeard = now
        }
    }

    /// What the server failed to do in time, if anything.
    func lateness(at now: Duration) -> String? {
        state.withLock { state in
            guard state.outcome == nil else { return nil }
            if !state.isPaused, state.questions == 0, state.lastHeard + patience <= now {
                return "nothing was heard of it for \(patience.described)"
            }
            if let deadline, deadline <= now { return "the call's total time is over" }
            return nil
        }
    }
}
