import Aggregator

/// The platform's own times, which may pass faster than real ones.
struct PlatformTime: Sendable {
    let keeper: any Timekeeper
    /// How much faster.
    let speed: Int

    /// The present moment.
    var now: ContinuousClock.Instant { keeper.now }

    /// How long one of the platform's times really takes.
    func real(_ duration: Duration) -> Duration { duration / speed }

    /// When one of the platform's times is over that began at a moment.
    func end(of duration: Duration, from start: ContinuousClock.Instant) -> ContinuousClock.Instant
    {
        start.advanced(by: real(duration))
    }

    /// Waits for one of the platform's times; returns early when the task is cancelled.
    func sleep(_ duration: Duration) async {
        if duration > .zero { await keeper.sleep(for: real(duration)) }
    }
}
