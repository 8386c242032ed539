import Synchronization

/// Which servers are known to open with `initialize`, so that not every start has to ask them.
///
/// The verdict cannot correct itself, as that of a modern server does: it is dated.
extension Hub {
    /// How long it holds, in seconds.
    private static let validity = 24 * 60 * 60
    /// How many are kept: reloads bring new ones.
    private static let most = 1000

    package func isKnownLegacy(_ fingerprint: String) -> Bool {
        guard let found = state.withLock({ $0.legacySince[fingerprint] }) else { return false }
        let age = services.clock() - found
        return age >= 0 && age < Self.validity
    }

    package func found(_ fingerprint: String, isLegacy: Bool) {
        state.withLock { state in
            if state.legacySince.count >= Self.most { state.legacySince = [:] }
            state.legacySince[fingerprint] = isLegacy ? services.clock() : nil
            // It is saved together with the catalog.
            state.isStale = true
        }
        staleness.raise()
    }
}
