/// Where a link is in its life; what `status` shows of it.
package enum Phase: Sendable {
    /// Nobody has needed it yet.
    case idle
    /// Connecting, or shaking hands.
    case starting
    /// Handshake done; calls go through.
    case ready(any Connection)
    /// Lost or failed; tried again at `until`. Calls wait for that try.
    case resting(until: ContinuousClock.Instant, Failure)
    /// Failed too often; tried again at `until`. Calls are refused at once.
    case broken(until: ContinuousClock.Instant, Failure)
    /// Taken out of service for good.
    case ended

    /// The word that people read.
    package var word: String {
        switch self {
        case .idle: "idle"
        case .starting: "starting"
        case .ready: "ready"
        case .resting: "backing off"
        case .broken: "failed"
        case .ended: "stopped"
        }
    }
}
