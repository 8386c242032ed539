import Synchronization

/// A condition that changes, and those who wait for its next change.
///
/// The waiter reads `version`, looks at what it is interested in, then waits for a version after
/// the one it read, so that no change between the look and the wait can be missed.
package final class Signal: Sendable {
    private struct State {
        var version: UInt64 = 0
        var lastWaiter: UInt64 = 0
        var waiting: [UInt64: @Sendable () -> Void] = [:]
        /// Waiters whose cancellation came before they were suspended.
        var early: Set<UInt64> = []
    }

    private let state = Mutex(State())

    package init() {}

    /// How often the condition has changed so far.
    package var version: UInt64 { state.withLock { $0.version } }

    /// Says that the condition changed and wakes everybody who waits.
    package func raise() {
        let wakes = state.withLock { state -> [@Sendable () -> Void] in
            state.version += 1
            if state.waiting.isEmpty { return [] }
            defer { state.waiting.removeAll(keepingCapacity: true) }
            // First come, first served: requests that waited for one thing keep their order.
            return state.waiting.sorted { $0.key < $1.key }.map(\.value)
        }
        for wake in wakes { wake() }
    }

    /// Waits until the version is later than `version` or the task is cancelled.
    package func wait(after version: UInt64) async {
        let waiter = newWaiter()
        await withTaskCancellationHandler {
            await Resumption<Void>.wait { resumption in
                let waits = enter(waiter, after: version) { resumption.resume(returning: ()) }
                if !waits { resumption.resume(returning: ()) }
            }
        } onCancel: {
            wake(waiter)
        }
        leave(waiter)
    }

    /// The same, at most until a deadline; without one it is the other.
    package func wait(
        after version: UInt64, until deadline: ContinuousClock.Instant?, on time: any Timekeeper
    ) async {
        guard let deadline else { return await wait(after: version) }
        let waiter = newWaiter()
        await time.wait(until: deadline) { wake in
            if !enter(waiter, after: version, wake) { wake() }
        }
        leave(waiter)
    }

    private func newWaiter() -> UInt64 {
        state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
    }

    /// Puts a waiter down; false if what it waits for has happened already.
    private func enter(
        _ waiter: UInt64, after version: UInt64, _ wake: @escaping @Sendable () -> Void
    ) -> Bool {
        state.withLock { state in
            guard state.version <= version, !state.early.contains(waiter) else { return false }
            state.waiting[waiter] = wake
            return true
        }
    }

    private func leave(_ waiter: UInt64) {
        state.withLock { state in
            state.early.remove(waiter)
            state.waiting[waiter] = nil
        }
    }

    private func wake(_ waiter: UInt64) {
        let wake = state.withLock { state in
            let wake = state.waiting.removeValue(forKey: waiter)
            if wake == nil { state.early.insert(waiter) }
            return wake
        }
        wake?()
    }
}
