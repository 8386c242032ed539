import Synchronization

/// Time, as the domain needs it; the machine's loop keeps it, tests own a manual one.
package protocol Timekeeper: Sendable {
    /// The present instant, monotonic.
    var now: ContinuousClock.Instant { get }

    /// Runs `action` once at or soon after `deadline`; never before this returns.
    func schedule(at deadline: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void)
        -> TimerID

    /// Forgets a scheduled action; one that has run already is ignored.
    func cancel(_ timer: TimerID)
}

/// Names one scheduled action of a `Timekeeper`.
package struct TimerID: Sendable, Hashable {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }
}

extension Timekeeper {
    /// Waits for `duration`; returns early when the task is cancelled.
    package func sleep(for duration: Duration) async {
        await Signal().wait(after: 0, until: now.advanced(by: duration), on: self)
    }
}
