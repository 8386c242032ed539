package import Aggregator
package import Machine

/// Why a request got no answer.
package enum RelayTrouble: Error, Sendable {
    /// The service refused it.
    case refused(RelayRefusal)
    /// No connection, no answer, or not in time.
    case broken(MachineFailure)
    /// There was nothing to prove with who we are; nothing was sent.
    case unauthorized(Failure)
    /// The answer was empty.
    case empty
    /// The answer is none, for a reason: a clause without a period.
    case unreadable(String)
    /// The answer ended before it was whole, or held others than the one that was waited for.
    case cut(String)
    /// A tool took longer than it may.
    case late(Duration)

    /// Whether the request may have been carried out.
    package var mayHaveRun: Bool {
        switch self {
        case .refused(let refusal): refusal.mayHaveRun
        case .broken(let failure): failure.delivery != .notSent && failure.delivery != nil
        case .unauthorized: false
        case .empty, .unreadable, .cut, .late: true
        }
    }
}
