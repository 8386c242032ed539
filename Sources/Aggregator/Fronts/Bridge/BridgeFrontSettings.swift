package import Aggregator
package import Wire

/// What a bridge is given by the executable.
package struct BridgeFrontSettings: Sendable {
    /// What the child is called in failures.
    package var name: String
    /// Makes the way to the child, given the runtime's session that the first request names; thrown is
    /// what is wrong with the command.
    package var endpoint: @Sendable (_ sessionId: String?) throws(Failure) -> any Endpoint
    package var dialect: Dialect
    package var limits: Limits
    package var time: any Timekeeper
    package var log: Log
    /// The time of day, in seconds since 1970.
    package var clock: @Sendable () -> Int
    /// A number in 0..<1, for jitter.
    package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    /// Settings with every part given.
    package init(
        name: String, dialect: Dialect, limits: Limits, time: any Timekeeper, log: Log,
        clock: @escaping @Sendable () -> Int,
        endpoint: @escaping @Sendable (_ sessionId: String?) throws(Failure) -> any Endpoint
    ) {
        self.name = name
        self.dialect = dialect
        self.limits = limits
        self.time = time
        self.log = log
        self.clock = clock
        self.endpoint = endpoint
    }

    /// What is said outside of the protocol, and in whose words.
    package enum Dialect: Sendable {
        /// Our own: the states that AgentCore knows (`/ping` of its HTTP contract).
        case own
        /// Those of mcp-agentcore-server 0.1.5.
        case agentcoreServer
    }
}

/// How the bridge is, for the platform that asks every few seconds.
struct Health: Sendable {
    enum State: String, Sendable {
        case healthy = "Healthy"
        /// Something is under way: not to be ended for being idle.
        case busy = "HealthyBusy"
        case unhealthy = "Unhealthy"
    }

    private(set) var state = State.healthy
    /// When the state became what it is, in seconds since 1970: if it moved with every question, the
    /// platform's idle timeout would never end.
    private(set) var since: Int

    /// Healthy since this moment.
    init(since: Int) { self.since = since }

    /// Notes how it is now; the time is asked for if that is something new.
    mutating func become(_ new: State, at now: () -> Int) {
        if new != state { (state, since) = (new, now()) }
    }

    /// The answer to `GET /ping`.
    func report(_ dialect: BridgeFrontSettings.Dialect) -> (status: Status, body: [UInt8]) {
        let isSound = state != .unhealthy
        var writer = JSONWriter()
        writer.beginObject()
        switch dialect {
        case .own:
            writer.key("status")
            writer.string(state.rawValue)
            writer.key("time_of_last_update")
            writer.integer(since)
        case .agentcoreServer:
            writer.key(isSound ? "status" : "detail")
            writer.string(isSound ? "ok" : "MCP subprocess not running")
        }
        writer.endObject()
        return (isSound ? .ok : .serviceUnavailable, writer.bytes)
    }
}
