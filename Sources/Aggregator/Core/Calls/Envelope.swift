import Wire

/// On whose behalf a request is made; decides which upstream links it may use.
package struct Principal: Sendable, Hashable {
    package let name: String

    /// The user who started the process, the only one that a stdio front has.
    package static let local = Principal(name: "local")

    package init(name: String) { self.name = name }
}

/// What a request says about itself beyond its parameters.
///
/// Shaped like the `_meta` of the 2026-07-28 revision; a front of an older revision makes it
/// from its session. Immutable: a change of the session makes a new one.
package final class Envelope: Sendable {
    package let revision: Revision
    package let capabilities: ClientCapabilities
    /// `clientInfo.name`, for display only.
    package let clientName: String
    package let principal: Principal
    /// The least severe log level that the request asked for; only newer revisions ask by request,
    /// and without asking they get none.
    package let logLevel: LogLevel?
    /// What an upstream may ask for inside of its results to this request; for a client with a
    /// session, the rounds are driven here.
    package let inRounds: ClientCapabilities

    package init(
        revision: Revision, capabilities: ClientCapabilities, clientName: String,
        principal: Principal, logLevel: LogLevel? = nil
    ) {
        self.revision = revision
        self.capabilities = capabilities
        self.clientName = clientName
        self.principal = principal
        self.logLevel = logLevel
        inRounds = revision.isModern ? capabilities : capabilities.inRounds(of: revision)
    }
}
