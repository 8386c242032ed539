import Synchronization

/// A condition that changes, and those who wait for its next change.
///
/// The waiter reads `version`, looks at what it is interested in, then waits for a version after
/// the one it read, so that no change between the look and the wait can be missed.
package final class Signal: Sendable {
    private struct State {
        var version: UInt64 = 0
        var nextWaiter: UInt64 = 0
        var waiting: [UInt64: Resumption<Void>] = [:]
        /// Waiters whose deadline or cancellation came before they were suspended.
        var early: Set<UInt64> = []
    }

    private let state = Mutex(State())

    package init() {}

    /// How often the condition has changed so far.
    package var version: UInt64 { state.withLock { $0.version } }

    /// Says that the condition changed and wakes everybody who waits.
    package func raise() {
        let woken = state.withLock { state in
            state.version += 1
            defer { state.waiting.removeAll(keepingCapacity: true) }
            return Array(state.waiting.values)
        }
        for resumption in woken { resumption.resume(returning: ()) }
    }

    /// Waits until the version is later than `version`, the deadline passes or the task is cancelled.
    package func wait(
        after version: UInt64, until deadline: ContinuousClock.Instant? = nil,
        on time: (any Timekeeper)? = nil
    ) async {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        var timer: TimerID?
        if let deadline, let time {
            timer = time.schedule(at: deadline) { [self] in wake(waiter) }
        }
        await withTaskCancellationHandler {
            await Resumption<Void>.wait { resumption in
                let waits = state.withLock { state in
                    guard state.version <= version, !state.early.contains(waiter) else {
                        return false
                    }
                    state.waiting[waiter] = resumption
                    return true
                }
                if !waits { resumption.resume(returning: ()) }
            }
        } onCancel: {
            wake(waiter)
        }
        if let timer, let time { time.cancel(timer) }
        state.withLock { _ = $0.early.remove(waiter) }
    }

    private func wake(_ waiter: UInt64) {
        let resumption = state.withLock { state in
            let resumption = state.waiting.removeValue(forKey: waiter)
            if resumption == nil { state.early.insert(waiter) }
            return resumption
        }
        resumption?.resume(returning: ())
    }
}
