import CSpawn
import Synchronization

/// One thread that waits for descriptors, deadlines, signals and other threads, and runs the tasks
/// that prefer it.
///
/// A turn is: run jobs until none is left, flush the outputs that were written to, wait.
/// So 64 messages that are handled in one turn leave as one write, and one message waits for nobody.
///
/// `@unchecked Sendable`: the variables are touched on the thread that runs the loop only, which
/// every entry from outside checks; the rest is immutable, atomic or in a `Mutex`.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
    /// What other threads hand in.
    enum Delivery {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    let base: EventBase
    let wakeup: Wakeup
    let runner = Atomic<UInt>(0)
    let inbox = Mutex<[Delivery]>([])

    // The loop's thread only, from here on.
    //
    // These two are touched a dozen times for each message, by the single statements below, in which
    // nothing else of ours runs: checking them for overlaps would cost more than they do.
    @exclusivity(unchecked) private var ready: [UnownedJob] = []
    @exclusivity(unchecked) private var unflushed: [any Flushing] = []
    /// Inputs that are always ready: they are read once more in the next turn.
    var postponed: [Input] = []
    var children: [Int32: Child] = [:]
    var subscriptions: [Signals] = []
    var exitCode: Int32?
    private var wakeupWatch: Registration?
    private var timer: Registration?
    /// Whether there may be an earlier deadline than the one the timer is set to.
    var mustArmTimer = false
    var deadlines = DeadlineHeap()
    var armedDeadline: ContinuousClock.Instant?

    private init(base: EventBase, wakeup: consuming Wakeup) {
        self.base = base
        self.wakeup = wakeup
    }

    deinit {
        // Before the pipe is closed.
        wakeupWatch = nil
    }

    /// A loop that waits for nothing yet.
    ///
    /// It also makes the process ignore SIGPIPE and notice the end of its children.
    package static func make() throws(MachineFailure) -> EventLoop {
        // Once more, for programs that begin with a loop.
        StandardStreams.fillGaps()
        signals_prepare()
        let error = signals_catch(Signals.childEnded)
        guard error == 0 else {
            throw MachineFailure("Could not watch for the end of children", errno: error)
        }
        let loop = EventLoop(base: try EventBase.make(), wakeup: try Wakeup.make())
        try loop.watchItself()
        return loop
    }

    private func watchItself() throws(MachineFailure) {
        let watch = try unsafe Registration.make(
            wakeup.reader.number, .read, on: base, context: self
        ) { _, _, context in
            unsafe EventLoop.from(context)?.wakeupArrived()
        }
        guard watch.add() else {
            throw MachineFailure("Could not make an event loop", errno: lastError)
        }
        wakeupWatch = consume watch
        timer = try unsafe Registration.make(-1, .timer, on: base, context: self) { _, _, context in
            unsafe EventLoop.from(context)?.deadlineArrived()
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> EventLoop? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue()
    }

    /// Whether no job is ready to run.
    var hasNothingToRun: Bool { unsafe ready.isEmpty }

    /// Whether every output has been flushed.
    var hasNothingToFlush: Bool { unsafe unflushed.isEmpty }

    /// Leaves a job to be run.
    func add(_ job: UnownedJob) { unsafe ready.append(job) }

    /// Leaves an output to be flushed at the end of the turn.
    func add(_ output: any Flushing) { unsafe unflushed.append(output) }

    /// Takes the jobs that are ready, and leaves an empty list with room.
    func take(_ jobs: inout [UnownedJob]) { unsafe swap(&ready, &jobs) }

    /// Takes the outputs that are to be flushed, and leaves an empty list with room.
    func take(_ outputs: inout [any Flushing]) { unsafe swap(&unflushed, &outputs) }

    /// Sets the one timer.
    func setTimer(after delay: Duration) { timer?.add(after: delay) }
}
