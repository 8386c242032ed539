import Synchronization
import Wire

/// From one phase to the next, and what each costs.
extension Link {
    /// Moves on, unless the link has been taken out of service.
    func enter(_ phase: Phase) {
        state.withLock { state in
            if case .ended = state.phase { return }
            state.phase = phase
        }
        changed.raise()
        owner.linkChanged(self)
    }

    /// The connection is going: nobody may begin anything on it any more.
    func leave() {
        state.withLock { state in
            if case .ready = state.phase { state.phase = .starting }
            state.forgotten = nil
            // Long service counts as useful work, however it ended.
            if let since = state.readySince,
                since.advanced(by: .seconds(10)) <= services.time.now
            {
                state.backoff.succeeded()
            }
            state.readySince = nil
        }
        changed.raise()
    }

    /// A call found the connection closed: nobody else is to try it while it is being cleared away.
    func abandon(_ connection: any Connection) {
        state.withLock { state in
            guard case .ready(let present) = state.phase, present === connection else { return }
            state.phase = .starting
        }
    }

    /// Waits before the next try, the longer the more of them have failed.
    func rest(after failure: Failure) {
        let fraction = services.random()
        let now = services.time.now
        mayForgive.store(true, ordering: .relaxed)
        let delay = state.withLock { state -> Duration? in
            let delay = state.backoff.failed(fraction: fraction)
            state.lastFailure = failure
            // Whoever waits has not been failed by a connection that they were never given.
            if !state.hasBeenReady { state.failedTries += 1 }
            state.hasBeenReady = false
            state.hasConcluded = true
            if case .ended = state.phase { return nil }
            let until = now.advanced(by: delay)
            state.phase =
                state.backoff.isBroken
                ? .broken(until: until, failure) : .resting(until: until, failure)
            return delay
        }
        // Nobody tries again what was taken out of service.
        guard let delay else { return }
        services.log(
            .warning, "\(failure.account) Upstream '\(name)' is tried again in \(delay.described).")
        changed.raise()
        owner.linkChanged(self)
    }

    /// Notes that a call was answered: the upstream works.
    func didWork() {
        guard mayForgive.load(ordering: .relaxed) else { return }
        mayForgive.store(false, ordering: .relaxed)
        state.withLock { $0.backoff.succeeded() }
    }
}
