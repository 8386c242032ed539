extension Timekeeper {
    /// What work comes to, or nil when the moment comes first: then the work is cancelled, and its end
    /// waited for.
    package func race<Success: Sendable>(
        until deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async -> Success
    ) async -> Success? {
        await withTaskGroup(of: Success?.self, returning: Success?.self) { group in
            group.addImmediateTask { await work() }
            group.addImmediateTask {
                await wait(until: deadline) { _ in }
                return nil
            }
            let first = await group.next() ?? nil
            // Nil with time left is a task that is given up: then the work's own end says why.
            let isLate = first == nil && now >= deadline
            group.cancelAll()
            guard first == nil else { return first }
            let last = await group.next() ?? nil
            return isLate ? nil : last
        }
    }
}
