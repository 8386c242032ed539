extension CurlMulti {
    /// Sets libcurl's one timer, in milliseconds from now; -1 for none.
    func setTimer(_ delay: Int) -> Int32 {
        if delay < 0 { timer?.remove() } else { timer?.add(after: .milliseconds(delay)) }
        return 0
    }

    /// Sees to it that deadlines are looked at by then.
    ///
    /// What is later than the next look costs nothing.
    func sweep(by deadline: ContinuousClock.Instant) {
        if let sweepsAt, sweepsAt <= deadline { return }
        sweepsAt = deadline
        sweeper?.add(after: deadline - loop.now)
    }

    /// Fails the transfers whose deadline has passed; closes everything when nothing has been under
    /// way for as long as connections are kept.
    func sweep(now: ContinuousClock.Instant) {
        sweepsAt = nil
        for transfer in running.values.compactMap(\.transfer) {
            if let deadline = transfer.deadline, deadline <= now {
                transfer.abandon(transfer.lateness)
            }
        }
        if running.isEmpty, idleSince + settings.idleLife <= now { return close() }
        let deadlines = running.values.compactMap { $0.transfer?.deadline }
        sweep(by: deadlines.min() ?? now + settings.idleLife)
    }
}
