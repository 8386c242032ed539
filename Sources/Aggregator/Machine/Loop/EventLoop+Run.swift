import Synchronization

extension EventLoop {
    /// How often a turn looks for new jobs before it looks at descriptors again: tasks that keep
    /// each other busy must not keep everyone else waiting.
    private static let roundsPerTurn = 256

    /// Makes the one root task, and runs the loop on the calling thread until that task returns.
    ///
    /// Children that are still alive then are killed and reaped. Returns what `root` returned.
    package func run(_ root: @escaping @Sendable () async -> Int32) -> Int32 {
        let (isFree, _) = runner.compareExchange(
            expected: 0, desired: Thread.current, ordering: .acquiring)
        precondition(isFree, "An event loop is run by one thread at a time.")
        // The one unstructured task: everything else descends from it.
        Task(executorPreference: self) {
            let code = await root()
            self.exitCode = code
        }
        while exitCode == nil { turn() }
        tearDown()
        runner.store(0, ordering: .releasing)
        defer { exitCode = nil }
        return exitCode ?? 1
    }

    private func turn() {
        work()
        if exitCode == nil { wait() }
    }

    /// Runs jobs and flushes until there is nothing left to do, or the turn has lasted long enough.
    private func work() {
        for _ in 0..<Self.roundsPerTurn {
            collect()
            runReady()
            // Before what these jobs have made ready: an answer must not wait for fifty forks.
            flush()
            if ready.isEmpty { return }
        }
    }

    private func wait() {
        armTimer()
        let mustNotBlock = !ready.isEmpty || !postponed.isEmpty || !unflushed.isEmpty
        base.wait(blocking: !mustNotBlock)
        readPostponed()
    }

    /// Writes what the turn's jobs left in outputs; 64 messages become one write.
    private func flush() {
        swap(&unflushed, &flushing)
        for output in flushing { output.flush() }
        flushing.removeAll(keepingCapacity: true)
    }

    private func readPostponed() {
        guard !postponed.isEmpty else { return }
        let inputs = postponed
        postponed.removeAll(keepingCapacity: true)
        for input in inputs { input.becameReadable() }
    }

    /// Leaves nothing behind: no child, and no output that could still be written.
    private func tearDown() {
        flush()
        for child in children.values { child.killAndReap() }
        children.removeAll()
        work()
    }

    /// The wake-up pipe has bytes: work in the inbox, which every turn looks at, or signals.
    func wakeupArrived() {
        for number in wakeup.signals() {
            if number == Signals.childEnded { reapChildren() }
            for subscription in subscriptions { subscription.arrived(number) }
        }
    }

    /// SIGCHLDs merge, so every known child is asked.
    private func reapChildren() {
        for child in Array(children.values) where child.reapIfEnded() {
            children[child.pid] = nil
        }
    }
}
