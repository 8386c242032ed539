package import Aggregator
package import Wire

/// An upstream in memory: the real peer and conversation, in front of a server that a test scripts.
///
/// What nobody scripted is answered as an obliging server would. Driven by one test on one thread,
/// together with the loop that its conversations live on; hence `@unchecked Sendable`.
package final class ScriptedServer: Endpoint, @unchecked Sendable {
    /// Looks at a message first; true if it has dealt with it.
    package typealias Script = (ScriptedConnection, Received) -> Bool

    package let name: String
    package var summary: String { "scripted \(name)" }
    package var fingerprint: String { print }
    /// What `fingerprint` says.
    package var print: String

    /// The JSON of the items it lists.
    package var tools: [String]
    package var prompts: [String]?
    package var resources: [String]?
    package var templates: [String] = []
    package var instructions: String?
    package var title: String?
    package var subscribes = true
    package var logs = true
    package var completes = true
    package var revision = "2025-11-25"
    /// Whether it knows `initialize`.
    package var isLegacy = true
    /// Whether it knows requests that bring their own envelope (2026-07-28).
    package var isModern = false
    /// What its entry says about that.
    package var setting = Configuration.Era.auto
    /// Members that the modern results of its lists have besides the items.
    package var hints = #","ttlMs":5000,"cacheScope":"public""#

    /// Methods whose requests wait until the test answers them.
    package var held: Set<String> = []
    /// Methods whose next request is cut off, while the conversation goes on: as over HTTP.
    package var cutOff: [String] = []
    /// Methods whose next request does not reach it, while the conversation goes on.
    package var unreached: [String] = []
    /// Whether the first request decides the era of a conversation, as it does not over HTTP.
    package var keepsEra = true
    /// Whether it reads arguments in headers too, as over HTTP.
    package var repeatsArguments = false
    /// Looks at every message before the obliging server does.
    package var script: Script?
    /// What opening a conversation fails with, if it does.
    package var refusal: Failure?
    /// Opening a conversation waits for this door.
    package var door: Latch?

    /// What was wrong with requests to it as a modern server.
    package var complaints: [String] = []
    /// Everything received on all conversations, in order; but not the probes that it refuses.
    package var received: [Received] = []
    /// How often each `tools/call` was carried out, by the bytes of its arguments.
    package var executed: [String: Int] = [:]
    /// All conversations so far.
    package var connections: [ScriptedConnection] = []
    /// The clock of the world that it lives in.
    package var time: any Timekeeper = ManualTime()
    /// How long its peer waits for it; also its entry's in a world.
    package var timeouts = Configuration.Timeouts()

    /// A server with tools of these names.
    package init(_ name: String, tools: [String] = ["echo"]) {
        self.name = name
        print = name
        self.tools = tools.map { #"{"name":"\#($0)","inputSchema":{"type":"object"}}"# }
    }

    /// The entry that a reload brought without a restart, if any.
    package private(set) var entry: Configuration.Upstream?

    package func adopt(_ upstream: Configuration.Upstream) {
        entry = upstream
        timeouts = upstream.timeouts
    }

    package func connect() async throws(Failure) -> any Connection {
        await door?.wait()
        if let refusal { throw refusal }
        let connection = ScriptedConnection(self, number: connections.count)
        connections.append(connection)
        return connection
    }

    /// A server that knows only requests that bring their own envelope.
    package static func modern(_ name: String, tools: [String] = ["echo"]) -> ScriptedServer {
        let server = ScriptedServer(name, tools: tools)
        server.isLegacy = false
        server.isModern = true
        return server
    }

    /// How many requests were refused because it had forgotten the session.
    package var refused = 0

    /// How often it was asked what it is.
    package var probes = 0

    /// The conversation opened last.
    package var connection: ScriptedConnection? { connections.last }

    /// Requests and notifications of a method, on all conversations.
    package func received(_ method: String) -> [Received] {
        received.filter { $0.method == method }
    }

    /// The requests of a method that nobody has answered, on the conversation that is open.
    package func open(_ method: String) -> [Received] {
        received(method).filter { request in
            connection?.number == request.connection && connection?.unanswered[request.id] != nil
        }
    }
}

/// A message as a scripted server received it.
package struct Received: Sendable {
    /// Which conversation it came on.
    package let connection: Int
    package let message: Message
    /// The exact token of its id; empty for a notification.
    package let id: String
    package let method: String

    init(_ message: Message, on connection: Int) {
        self.connection = connection
        self.message = message
        id = message.id.map { String(decoding: message[$0], as: UTF8.self) } ?? ""
        method = message.methodName.map { String(decoding: message[$0], as: UTF8.self) } ?? ""
    }

    /// The whole line.
    package var text: String { String(decoding: message.bytes, as: UTF8.self) }

    /// The exact bytes of its parameters.
    package var params: String { token(message.params) }

    /// The exact bytes of its arguments.
    package var arguments: String { token(message.arguments) }

    /// The exact token of its progress token.
    package var progressToken: String { token(message.progressToken) }

    /// The exact token at an extent; empty when there is none.
    package func token(_ extent: Extent?) -> String {
        extent.map { String(decoding: message[$0], as: UTF8.self) } ?? ""
    }
}
