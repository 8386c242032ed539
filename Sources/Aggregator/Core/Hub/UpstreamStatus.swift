/// What a person wants to know about one upstream of a running process; a snapshot.
package struct UpstreamStatus: Sendable {
    package let name: String
    package let kind: String
    /// What it is, such as `stdio uvx mcp-server-time`; no secrets.
    package let endpoint: String
    package let isEnabled: Bool
    /// Where its life is at the moment.
    package var phase = Phase.idle
    /// Whether its lists have been fetched since it connected.
    package var isListed = false
    /// What the server said about itself when it connected last.
    package var profile: ServerProfile?
    /// When the latest try was begun.
    package var startedAt: ContinuousClock.Instant?
    /// From the start of the latest successful try to the end of its handshake.
    package var startTook: Duration?
    /// Why the latest try that failed, or connection that was lost, ended.
    package var lastFailure: Failure?
    /// Why the handshake under way had to be made again last.
    package var obstacle: String?
    /// What the latest line was that had to be skipped.
    package var lastNoise: String?
    package var counters = Counters.Values()
    /// How many items of each kind are published.
    package var counts: [Item.Kind: Int] = [:]
    /// What went wrong while a list was fetched.
    package var problems: [Item.Kind: String] = [:]
    /// The last lines that it wrote for people.
    package var trail: [String] = []

    /// Its state in a word.
    package var state: String { isEnabled ? phase.word : "disabled" }

    /// Why it is not connected at the moment, and when it is tried again.
    package var outage: (failure: Failure, until: ContinuousClock.Instant)? {
        switch phase {
        case .resting(let until, let failure), .broken(let until, let failure): (failure, until)
        case .idle, .starting, .ready, .ended: nil
        }
    }

    /// Whether it is connected and its lists are known.
    package var isReady: Bool {
        if case .ready = phase { isListed } else { false }
    }
}
