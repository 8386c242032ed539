import Synchronization

extension Output {
    /// How many bytes were written to this output since its start.
    package var accepted: UInt64 { state.withLock { $0.accepted } }

    /// The same, and whether the output is congested, under one lock.
    package var load: (accepted: UInt64, isCongested: Bool) {
        state.withLock { ($0.accepted, $0.pending.count > $0.highWater) }
    }

    /// How many bytes the kernel took since the start.
    package var sent: UInt64 { state.withLock { $0.sent } }

    /// Why the kernel took no more before everything was written; nil while nothing failed.
    package var failure: MachineFailure? { state.withLock { $0.failure } }

    /// Whether the peer is gone or the output was closed.
    package var isClosed: Bool { state.withLock { $0.watch == nil } }

    /// The number of waiting bytes above which the output is congested; 8 MiB at first.
    package var highWater: Int {
        get { state.withLock { $0.highWater } }
        set { state.withLock { $0.highWater = newValue } }
    }

    /// Whether its sources should pause until `drained()` returns.
    package var isCongested: Bool { state.withLock { $0.pending.count > $0.highWater } }

    /// Returns when half the high-water mark or less waits to be written, when the output is closed,
    /// or when the task is cancelled.
    package func drained() async {
        let waiter = state.withLock { state -> Waiter? in
            guard state.watch != nil, state.pending.count > state.highWater / 2 else { return nil }
            return Self.add(to: &state.waitingForRoom)
        }
        _ = await waiter?.outcome()
    }

    /// The same, at most until a deadline.
    package func drained(until deadline: ContinuousClock.Instant) async {
        let waiter = state.withLock { state -> Waiter? in
            guard state.watch != nil, state.pending.count > state.highWater / 2 else { return nil }
            return Self.add(to: &state.waitingForRoom)
        }
        if let waiter { _ = await loop.outcome(of: waiter, until: deadline) }
    }

    /// Returns when the peer is gone or the output was closed, or when the task is cancelled.
    package func closed() async {
        let waiter = state.withLock { state in
            state.watch == nil ? nil : Self.add(to: &state.waitingForEnd)
        }
        _ = await waiter?.outcome()
    }

    /// Returns when everything is written and the descriptor is closed.
    ///
    /// When the peer does not take it, cancelling the task closes it at once.
    package func finish() async {
        finishLater()
        await closed()
        if !isClosed { close() }
        _ = await delivered?.outcome()
    }

    /// Closes once everything is written, and takes no more.
    func finishLater() {
        let mustClose = state.withLock { state in
            state.isFinishing = true
            return state.pending.count == 0
        }
        if mustClose { close() }
    }

    /// Adds a waiter, and forgets those that were cancelled meanwhile.
    private static func add(to waiters: inout [Waiter]) -> Waiter {
        waiters.removeAll { $0.isOver }
        let waiter = Waiter()
        waiters.append(waiter)
        return waiter
    }
}
