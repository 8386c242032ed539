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
        if isCurrent { ready.append(job) } else { deliver(.job(job)) }
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
    func collect() {
        inbox.withLock { swap(&$0, &delivered) }
        for delivery in delivered {
            switch delivery {
            case .job(let job): ready.append(job)
            case .call(let work): work()
            }
        }
        delivered.removeAll(keepingCapacity: true)
    }

    /// Runs the jobs that are ready now.
    ///
    /// Those that they make ready are left for the next call.
    func runReady() {
        swap(&ready, &running)
        for job in running {
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
        running.removeAll(keepingCapacity: true)
    }
}
