import Synchronization

extension Timekeeper {
    /// What work comes to, or nil when the moment comes first: then the work is cancelled, and its end
    /// waited for.
    ///
    /// What the children return must not depend on `Success`: where the compiler (Swift 6.3) cannot
    /// make `addImmediateTask` for one type, its task loses the executor, and goes on elsewhere than on
    /// the loop once it has waited.
    package func race<Success: Sendable>(
        until deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async -> Success
    ) async -> Success? {
        let outcome = Outcome<Success>()
        let isLate = await withTaskGroup(of: Bool.self, returning: Bool.self) { group in
            group.addImmediateTask {
                outcome.settle(await work())
                return true
            }
            group.addImmediateTask {
                await wait(until: deadline) { _ in }
                return false
            }
            let isDone = await group.next() ?? false
            // Unfinished with time left is a task that is given up: then the work's own end says why.
            let isLate = !isDone && now >= deadline
            group.cancelAll()
            _ = await group.next()
            return isLate
        }
        return isLate ? nil : outcome.value
    }
}

/// What the work of a race came to.
private final class Outcome<Success: Sendable>: Sendable {
    private let state = Mutex<Success?>(nil)

    var value: Success? { state.withLock { $0 } }

    func settle(_ value: Success) { state.withLock { $0 = value } }
}
