package import Machine

/// Where a relay leads, and how.
package struct RelaySettings: Sendable {
    /// The one URL that everything is posted to.
    package var url: String
    /// What is sent with every request besides what the protocol wants.
    package var headers: [(name: String, value: String)] = []
    /// Who names the session.
    package var session: RelaySession.Policy
    /// How long to wait for what.
    package var deadlines = HTTPClientRequest.Deadlines()
    /// How long a tool may take in all; nil for no bound.
    package var toolTime: Duration?
    /// How often a request is sent in all, where it is safe to send it again.
    package var sends = 3
    /// Whether the server is listened to between calls, and told when we leave.
    package var listens = false
    /// Where the machine of the session is stopped when we leave; nil to let it idle out.
    package var stop: String?
    /// Whether the other side may be a pipe that answers each request with the next line it has.
    package var mayBeSerial = false
    /// The longest message, in bytes.
    package var limit = 128 << 20

    /// A relay to a URL.
    package init(url: String, session: RelaySession.Policy) {
        self.url = url
        self.session = session
    }
}
