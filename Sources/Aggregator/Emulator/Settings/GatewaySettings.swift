package import Aggregator

/// One gateway: the servers behind it and the rules at its door.
package struct GatewaySettings: Sendable {
    /// The name, which is its id here.
    package var name = ""
    /// Who may come in.
    package var access = Access()
    /// The servers behind it, written as in a configuration of Manifold.
    package var targets: [Configuration.Upstream] = []
    /// How long a session lives, counted from `initialize`; nil for a gateway without sessions.
    package var sessions: Duration?
    /// Whether answers may be streams: progress, logs and questions need that.
    package var isStreaming = false
    /// Whether there is a tool that searches for tools.
    package var hasSearch = false
    /// How many items a page of a list has; 0 for all on one.
    package var pageSize = 0
    /// Globs of tools that a policy denies, as `target___tool`.
    package var denied: [String] = []
    /// The protocol versions that it speaks; empty for all.
    package var versions: [String] = []

    init() {}
}
