import Synchronization

extension Timekeeper {
    /// What work comes to, or nil when the moment comes first: then the work is cancelled, and its end
    /// waited for.
    ///
    /// What the child returns must not depend on `Success`: where the compiler (Swift 6.3) cannot
    /// make `addImmediateTask` for one type, its task loses the executor, and goes on elsewhere than on
    /// the loop once it has waited.
    package func race<Success: Sendable>(
        until deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async -> Success
    ) async -> Success? {
        let outcome = Outcome<Success>()
        return await withTaskGroup(of: Void.self, returning: Success?.self) { group in
            group.addImmediateTask { outcome.settle(await work()) }
            // A task that is given up has time left: then the work's own end says why.
            await wait(until: deadline) { wake in outcome.expect(wake) }
            let isLate = !outcome.isSettled && now >= deadline
            group.cancelAll()
            await group.waitForAll()
            return isLate ? nil : outcome.value
        }
    }
}

/// What the work of a race came to, and who is told.
private final class Outcome<Success: Sendable>: Sendable {
    private struct State {
        var value: Success?
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var value: Success? { state.withLock { $0.value } }
    var isSettled: Bool { state.withLock { $0.value != nil } }

    /// Notes what the work came to.
    func settle(_ value: Success) {
        let wake = state.withLock { state in
            state.value = value
            return state.wake.take()
        }
        wake?()
    }

    /// Notes who is told; at once if there is something to tell.
    func expect(_ wake: @escaping @Sendable () -> Void) {
        let isSettled = state.withLock { state in
            if state.value == nil { state.wake = wake }
            return state.value != nil
        }
        if isSettled { wake() }
    }
}
