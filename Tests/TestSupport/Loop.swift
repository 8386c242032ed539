import Synchronization

/// A task executor whose jobs run only when a test says so, on the test's own thread.
///
/// A world that lives on it is deterministic: the same test, the same order. With a seed the next
/// job is drawn at random, which tries orders that a loop or several threads might bring about.
package final class Loop: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var head = 0
        var random: SplitMix?
    }

    private let state: Mutex<State>

    /// Jobs in one run above which something is spinning.
    private static let patience = 5_000_000

    /// A loop that runs jobs in order, or in an order that `seed` decides.
    package init(seed: UInt64? = nil) {
        state = Mutex(State(random: seed.map(SplitMix.init)))
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// Runs jobs until there are none left; whether there were any.
    @discardableResult
    package func run() -> Bool {
        var count = 0
        while let job = next() {
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
            count += 1
            precondition(count < Self.patience, "Tasks keep each other busy for ever.")
        }
        return count > 0
    }

    /// Starts a task that lives on this loop; it makes its first step with the next run.
    package func start(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        // Tests drive the loop from outside of any task, so there is no parent.
        Task(executorPreference: self) { await work() }
    }

    private func next() -> UnownedJob? {
        state.withLock { state in
            guard state.head < state.jobs.count else { return nil }
            if state.random != nil {
                let left = state.jobs.count - state.head
                let pick = state.head + Int(state.random?.next(below: UInt64(left)) ?? 0)
                state.jobs.swapAt(state.head, pick)
            }
            defer {
                state.head += 1
                if state.head == state.jobs.count {
                    state.jobs.removeAll(keepingCapacity: true)
                    state.head = 0
                }
            }
            return state.jobs[state.head]
        }
    }
}
