/// Time, as the domain needs it; the machine's loop keeps it, tests own a manual one.
package protocol Timekeeper: Sendable {
    /// The present instant, monotonic.
    var now: ContinuousClock.Instant { get }

    /// Suspends until the wake-up that `register` is handed is called, the deadline passes or the
    /// task is cancelled. The wake-up may be called at once, from any thread, more than once.
    func wait(
        until deadline: ContinuousClock.Instant,
        _ register: (_ wake: @escaping @Sendable () -> Void) -> Void
    ) async
}

extension Timekeeper {
    /// Waits for `duration`; returns early when the task is cancelled.
    package func sleep(for duration: Duration) async {
        await wait(until: now.advanced(by: duration)) { _ in }
    }
}
