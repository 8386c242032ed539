package import Aggregator
import Machine
import Signing
import Wire

/// A stdio server behind a bridge on AgentCore Runtime.
package struct BridgeEndpoint: Endpoint {
    private let entry: Entry
    private let settings: BridgeSettings
    private let tools: Tools
    /// The same runtime, for all that does not depend on what it speaks.
    private let runtime: RuntimeEndpoint

    /// The endpoint of one entry of the configuration.
    package init(_ upstream: Configuration.Upstream, _ settings: BridgeSettings, _ tools: Tools) {
        entry = Entry(upstream)
        self.settings = settings
        self.tools = tools
        runtime = RuntimeEndpoint(upstream, settings.runtime, tools)
    }

    package var summary: String {
        "bridge \(settings.runtime.arn?.written ?? settings.runtime.shownId)"
    }

    package var fingerprint: String { runtime.fingerprint + settings.session.rawValue }

    package func adopt(_ upstream: Configuration.Upstream) {
        entry.adopt(upstream)
        runtime.adopt(upstream)
    }

    package func legs() async -> [Leg] { await runtime.legs() }

    package func connect() async throws(Failure) -> any Connection {
        let session = try await session()
        let route = try runtime.route(stops: true)
        let poster = Invocations(
            route: route, faults: HTTPFaults(upstream: entry.name, route), session: session,
            tools: tools)
        return BridgeConnection(entry, tools, over: poster) { end in
            if stops(after: end) { await poster.stop() }
        }
    }

    /// Whether the session's machine is stopped: because nobody needs it, or because it is of no use
    /// and the next conversation would get it again.
    private func stops(after end: Failure) -> Bool {
        settings.runtime.stopsAtExit
            || settings.session == .identity && end.executed == .unknown && !Task.isCancelled
    }

    private func session() async throws(Failure) -> BridgeSession {
        switch settings.session {
        case .session: return .own()
        case .request: return .perMessage
        case .identity:
            var aws = settings.runtime.aws.settings
            // Who we are, not whom we act as.
            aws.role = nil
            let identity = try await tools.accounts.identity(aws)
            return .fixed(
                BridgeSession.name(
                    account: identity.account, userId: identity.userId, arn: identity.arn))
        }
    }
}
