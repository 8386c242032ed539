extension EventLoop {
    /// The time that deadlines are compared with.
    package var now: ContinuousClock.Instant { .now }

    /// Suspends until a moment, within libevent's grain of 4 ms.
    ///
    /// Throws when the task is cancelled.
    package func sleep(until deadline: ContinuousClock.Instant) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let outcome = await outcome(of: Waiter(), until: deadline)
        if outcome == .cancelled { throw CancellationError() }
    }

    /// Suspends until the wake-up that `register` is handed is called, the deadline passes or the
    /// task is cancelled.
    ///
    /// The wake-up may be called at once, from any thread, more than once.
    package func wait(
        until deadline: ContinuousClock.Instant,
        _ register: (_ wake: @escaping @Sendable () -> Void) -> Void
    ) async {
        let waiter = Waiter()
        register { waiter.end(.event) }
        _ = await outcome(of: waiter, until: deadline)
    }

    /// Waits for whatever ends `waiter` first: its event, the deadline, cancellation.
    func outcome(of waiter: Waiter, until deadline: ContinuousClock.Instant) async
        -> Waiter.Outcome
    {
        checkIsCurrent()
        deadlines.insert(waiter, at: deadline)
        mustArmTimer = true
        let outcome = await waiter.outcome()
        if outcome != .deadline { deadlines.noteOver() }
        return outcome
    }

    /// The same, but cancelling the task ends nothing.
    func outcomeDespiteCancellation(of waiter: Waiter, until deadline: ContinuousClock.Instant)
        async -> Waiter.Outcome
    {
        checkIsCurrent()
        deadlines.insert(waiter, at: deadline)
        mustArmTimer = true
        let outcome = await waiter.outcomeDespiteCancellation()
        if outcome != .deadline { deadlines.noteOver() }
        return outcome
    }

    /// Sets the one timer to the earliest deadline, unless it rings before that anyway: then it
    /// finds nothing due and is set anew.
    ///
    /// A deadline that is cancelled costs no system call.
    func armTimer() {
        guard mustArmTimer else { return }
        mustArmTimer = false
        guard let earliest = deadlines.earliest else { return }
        if let armedDeadline, armedDeadline <= earliest { return }
        armedDeadline = earliest
        setTimer(after: earliest - .now)
    }

    /// The timer rang: everything that is due goes on.
    func deadlineArrived() {
        armedDeadline = nil
        mustArmTimer = true
        let now = now
        while let waiter = deadlines.next(due: now) { waiter.end(.deadline) }
    }
}
