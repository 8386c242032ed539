import Aggregator
import Signing
import Synchronization

/// As whom a relay speaks to its server: what proves it, and the session that it has.
///
/// The client has one. A filter may send some messages as somebody else, who then has a session of
/// their own, which the relay opens.
final class RelaySide: Sendable {
    /// What a filter calls it; nil for the client's own.
    let name: String?
    let authorizer: (any Authorizer)?
    let session: Mutex<RelaySession>
    /// The one repair of the session.
    let repair = RelayTurn()

    /// A side whose session is not open yet.
    init(_ name: String?, _ policy: RelaySession.Policy, _ authorizer: (any Authorizer)?) {
        self.name = name
        self.authorizer = authorizer
        session = Mutex(RelaySession(policy))
    }
}
