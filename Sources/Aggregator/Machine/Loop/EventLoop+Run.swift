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
        var round = Round()
        while exitCode == nil { turn(&round) }
        tearDown(&round)
        runner.store(0, ordering: .releasing)
        defer { exitCode = nil }
        return exitCode ?? 1
    }

    private func turn(_ round: inout Round) {
        let isDone = work(&round)
        if exitCode == nil { wait(isDone) }
    }

    /// Runs jobs and flushes until there is nothing left to do, which it returns, or the turn has
    /// lasted long enough.
    @discardableResult
    private func work(_ round: inout Round) -> Bool {
        for _ in 0..<Self.roundsPerTurn {
            collect(&round)
            runReady(&round)
            // Before what these jobs have made ready: an answer must not wait for fifty forks.
            flush(&round)
            if hasNothingToRun { return hasNothingToFlush }
        }
        return false
    }

    private func wait(_ isDone: Bool) {
        armTimer()
        let mustRead = !postponed.isEmpty
        base.wait(blocking: isDone && !mustRead)
        if mustRead { readPostponed() }
    }

    private func readPostponed() {
        let inputs = postponed
        postponed.removeAll(keepingCapacity: true)
        for input in inputs { input.becameReadable() }
    }

    /// Leaves nothing behind: no child, and no output that could still be written.
    private func tearDown(_ round: inout Round) {
        flush(&round)
        for child in children.values { child.killAndReap() }
        children.removeAll()
        work(&round)
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
