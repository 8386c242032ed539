import Aggregator
import Machine
import Synchronization
import Wire

/// One gateway: the servers behind it are merged by a hub of our own, whose prefix is the target's
/// name and one underscore, so that names come out as `target___tool` (AgentCore, "Gateway").
///
/// What is different from our own door is here: who may come in, sessions with an absolute end or
/// none at all, pages, the tool that searches, policies, and throttling.
final class Gateway: Sendable {
    private struct State {
        var sessions: [String: GatewaySession] = [:]
        /// Who asks in the name of clients without sessions.
        var shared: GatewaySession?
    }

    /// So many sessions there may be at a time.
    private static let mostSessions = 1000

    let settings: GatewaySettings
    let hub: Hub
    let time: PlatformTime
    private let state = Mutex(State())

    init(_ settings: GatewaySettings, _ hub: Hub, _ time: PlatformTime) {
        self.settings = settings
        self.hub = hub
        self.time = time
    }

    /// The configuration of the hub inside.
    static func configuration(_ settings: GatewaySettings) -> Configuration {
        var configuration = Configuration()
        configuration.server.name = settings.name
        configuration.names.maxLength = 64
        configuration.upstreams = settings.targets.map { target in
            var target = target
            target.prefix = "\(target.name)_"
            return target
        }
        return configuration
    }

    /// The protocol versions that are spoken, newest last.
    var revisions: [Revision] {
        Revision.allCases.filter { revision in
            settings.versions.isEmpty
                ? revision >= .march2025 : settings.versions.contains(revision.rawValue)
        }
    }

    // MARK: Sessions

    /// How many there are.
    var sessionCount: Int { state.withLock { $0.sessions.count } }

    /// Makes a session that ends so long after this moment, whatever is done in it.
    func open(for caller: EdgeCaller) throws(EdgeFailure) -> GatewaySession {
        sweep()
        let life = settings.sessions ?? .zero
        let session = GatewaySession(
            id: UniqueName.make(), of: caller, on: hub, ends: time.end(of: life, from: time.now))
        let hasRoom = state.withLock { state in
            guard state.sessions.count < Self.mostSessions else { return false }
            state.sessions[session.id] = session
            return true
        }
        guard hasRoom else { throw EdgeFailure(.throttling, "There are too many sessions.") }
        return session
    }

    /// The session of this id, if it is this caller's and not over.
    func find(_ id: String, of caller: EdgeCaller) -> GatewaySession? {
        sweep()
        let session = state.withLock { $0.sessions[id] }
        return session?.owner == caller.name ? session : nil
    }

    /// The session in which requests of clients without one are made.
    func shared() -> GatewaySession {
        state.withLock { state in
            if let shared = state.shared { return shared }
            let caller = EdgeCaller(name: settings.name, mode: .none)
            let session = GatewaySession(id: "", of: caller, on: hub, ends: nil)
            state.shared = session
            return session
        }
    }

    /// Ends sessions whose time is over.
    private func sweep() {
        let now = time.now
        let over = state.withLock { state in
            let over = state.sessions.values.filter { $0.ends.map { $0 <= now } ?? false }
            for session in over { state.sessions[session.id] = nil }
            return over
        }
        for session in over { session.session.close() }
    }

    /// Ends all of them.
    func close() {
        let sessions = state.withLock { state in
            defer { state = State() }
            return Array(state.sessions.values) + (state.shared.map { [$0] } ?? [])
        }
        for session in sessions { session.session.close() }
    }
}

/// A client's session with a gateway.
final class GatewaySession: Sendable {
    let id: String
    /// Whose it is; nobody else gets in.
    let owner: String
    /// When it ends, whatever is done in it; nil for never.
    let ends: ContinuousClock.Instant?
    let session: Session

    init(id: String, of caller: EdgeCaller, on hub: Hub, ends: ContinuousClock.Instant?) {
        self.id = id
        owner = caller.name
        self.ends = ends
        session = Session(
            channel: SilentChannel(), hub: hub, principal: Principal(name: caller.name))
    }
}

/// Where goes what belongs to no request: a gateway has no stream for it.
struct SilentChannel: Channel {
    func send(_ aside: Draft) {}
    func answer(_ answer: Answer, id: ArraySlice<UInt8>) {}
    func answer(batch: [UInt8]) {}
    func dismiss(id: ArraySlice<UInt8>) {}
    var isShared: Bool { false }
    var isCongested: Bool { false }
    func drained() async {}
}
