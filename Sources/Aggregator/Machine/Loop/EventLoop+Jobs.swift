import Synchronization

extension EventLoop {
    /// Whether the calling thread is the one that runs this loop.
    package var isCurrent: Bool { runner.load(ordering: .relaxed) == Thread.current }

    /// Whether any thread runs this loop.
    var isRunning: Bool { runner.load(ordering: .acquiring) != 0 }

    /// Stops the program when a caller is on another thread than the loop's.
    func checkIsCurrent() {
        precondition(isCurrent, "This may only be called by a task that runs on its event loop.")
    }

    /// Takes a job of a task that prefers this loop.
    ///
    /// Callable on any thread.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { add(job) } else { deliver(.job(job)) }
    }

    /// Runs a closure on the loop's thread: at once when that is the caller's, soon otherwise.
    func perform(_ work: @escaping @Sendable () -> Void) {
        if isCurrent { work() } else { deliver(.call(work)) }
    }

    private func deliver(_ delivery: Delivery) {
        let isFirst = inbox.withLock { inbox in
            inbox.append(delivery)
            return inbox.count == 1
        }
        // Later ones find a wake-up under way: the loop takes the whole inbox each time.
        if isFirst { wakeup.wake() }
    }

    /// Takes in what other threads left.
    func collect(_ round: inout Round) {
        inbox.withLock { swap(&$0, &round.deliveries) }
        guard !round.deliveries.isEmpty else { return }
        for delivery in round.deliveries {
            switch delivery {
            case .job(let job): add(job)
            case .call(let work): work()
            }
        }
        round.deliveries.removeAll(keepingCapacity: true)
    }

    /// Runs the jobs that are ready now.
    ///
    /// Those that they make ready are left for the next call.
    func runReady(_ round: inout Round) {
        take(&round.jobs)
        for job in round.jobs {
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
        round.jobs.empty()
    }

    /// Writes what the jobs left in outputs; 64 messages become one write.
    func flush(_ round: inout Round) {
        guard !hasNothingToFlush else { return }
        take(&round.outputs)
        for output in round.outputs { output.flush() }
        round.outputs.empty()
    }

    /// What is taken out of the loop's lists to be done, kept for its memory.
    ///
    /// It belongs to `run`: every look at a variable of the loop itself is checked for overlapping
    /// ones, and there are dozens of them in a turn.
    struct Round {
        var deliveries: [Delivery] = []
        var jobs: [UnownedJob] = []
        var outputs: [any Flushing] = []
    }
}

extension Array {
    /// Removes everything and keeps the room.
    ///
    /// Most often there is one element, for which `removeAll` takes ten times as long: to it, that is to
    /// replace some range by some collection.
    fileprivate mutating func empty() {
        if count > 4 { removeAll(keepingCapacity: true) } else { while popLast() != nil {} }
    }
}
