import Synchronization

/// How long an upstream may say nothing, and what counts as saying something.
extension Peer {
    /// Notes a sign of life, which concerns every call: the upstream wrote something, whatever it is.
    package func heard() {
        let now = elapsed
        state.withLock { $0.lastHeard = now }
    }

    /// Does not count as silence that nothing is read while `wait` keeps us from reading.
    func pausing(_ wait: () async -> Void) async {
        state.withLock { $0.isPaused = true }
        await wait()
        let now = elapsed
        state.withLock { state in
            state.isPaused = false
            state.lastHeard = now
        }
    }

    /// Fails the calls about which nothing was heard for longer than allowed.
    package func sweep(now: ContinuousClock.Instant) {
        let now = start.duration(to: now)
        let late = state.withLock { state in
            state.pending.entries.compactMap { id, pending in
                state.lateness(of: pending, at: now).map { (id, $0) }
            }.compactMap { id, lateness in
                state.pending.remove(id).map { ($0, lateness) }
            }
        }
        for (pending, lateness) in late {
            let failure = Failure(
                .timeout,
                "Upstream '\(name)' did not answer in time: \(lateness).",
                advice: "If it is only slow, raise 'timeouts' of this upstream.", upstream: name,
                executed: .unknown)
            pending.resumption.resume(returning: .failed(failure))
        }
    }
}

extension Peer.State {
    /// What the upstream failed to do in time for a call, if anything.
    fileprivate func lateness(of call: Peer.Pending, at now: Duration) -> String? {
        if !isPaused, max(call.began, lastHeard) + call.patience <= now {
            return "nothing was heard of it for \(call.patience.described)"
        }
        if let deadline = call.deadline, deadline <= now { return "the call's total time is over" }
        return nil
    }
}
