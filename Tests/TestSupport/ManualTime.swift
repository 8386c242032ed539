import Aggregator
import Synchronization

/// Time that stands still until a test moves it.
package final class ManualTime: Timekeeper {
    private struct State {
        var now = ContinuousClock.now
        var lastWait = 0
        var waits: [Int: (deadline: ContinuousClock.Instant, wake: @Sendable () -> Void)] = [:]
    }

    private let state = Mutex(State())

    /// A clock that shows the present moment and then stands.
    package init() {}

    package var now: ContinuousClock.Instant { state.withLock { $0.now } }

    /// The earliest deadline that somebody waits for.
    package var earliest: ContinuousClock.Instant? {
        state.withLock { $0.waits.values.map(\.deadline).min() }
    }

    /// How many tasks wait for a moment.
    package var waiting: Int { state.withLock { $0.waits.count } }

    /// Moves the clock and wakes everybody whose moment has come, in the order of the deadlines.
    package func set(_ instant: ContinuousClock.Instant) {
        let due = state.withLock { state in
            state.now = max(state.now, instant)
            let due = state.waits.filter { $0.value.deadline <= state.now }
                .sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
            for (id, _) in due { state.waits[id] = nil }
            return due
        }
        for (_, wait) in due { wait.wake() }
    }

    package func wait(
        until deadline: ContinuousClock.Instant,
        _ register: (_ wake: @escaping @Sendable () -> Void) -> Void
    ) async {
        let latch = Latch()
        let id = state.withLock { state -> Int? in
            guard deadline > state.now else { return nil }
            state.lastWait += 1
            state.waits[state.lastWait] = (deadline, { @Sendable in latch.open() })
            return state.lastWait
        }
        if id == nil { latch.open() }
        register { latch.open() }
        await latch.wait()
        if let id { state.withLock { state in _ = state.waits.removeValue(forKey: id) } }
    }
}
