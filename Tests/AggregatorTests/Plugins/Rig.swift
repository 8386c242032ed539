import Aggregator
import Machine
import Plugins
import TestSupport
import Testing
import Wire

/// One server `crm`, one client, and plugins as a configuration names them, in memory.
struct Rig {
    let server: ScriptedServer
    let world: World
    let client: Client

    /// Plugins from the items of the section `plugins`, and others inside of them.
    init(
        _ yaml: String, server: ScriptedServer = ScriptedServer("crm"),
        environment: [String: String] = [:], folder: String? = nil, opens: Bool = true,
        inside others: (World) -> [any Plugin] = { _ in [] }
    ) throws {
        let configuration = try read(
            "plugins:\n\(yaml)", environment: environment, folder: folder)
        self.init(server: server, opens: opens) { world in
            PluginKinds.chain(
                configuration,
                PluginTools(
                    time: world.time, log: world.log.log, offLoop: OffLoop(threads: 1),
                    keepsFiles: true)) + others(world)
        }
    }

    /// Plugins that are made once there is a clock.
    init(
        server: ScriptedServer = ScriptedServer("crm"), opens: Bool = true,
        plugins: (World) -> [any Plugin]
    ) {
        self.server = server
        world = World([server])
        world.reload([server], plugins: plugins(world))
        client = world.client()
        if opens { client.open() }
    }

    /// One rule as a plugin, for calls of tools.
    init(
        _ rule: any Rule, on hooks: Set<Scope.Hook>, safety: Safety = Safety(),
        server: ScriptedServer = ScriptedServer("crm")
    ) {
        self.init(server: server) { world in
            [
                RuleHost(
                    "probe", rule, scope: Scope(hooks, methods: [.toolsCall]), safety: safety,
                    time: world.time, log: world.log.log)
            ]
        }
    }

    /// The answer of a call of `crm__echo`, and the arguments that the server got.
    func call(_ arguments: String) -> (answer: String, sent: String?) {
        let count = server.received("tools/call").count
        client.call("1", "crm__echo", arguments)
        let calls = server.received("tools/call")
        return (client.one(), calls.count > count ? calls.last?.arguments : nil)
    }

    /// The answer of a call that the server answers with this result.
    func answer(_ result: String) -> String {
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.answer(request, result)
            return true
        }
        client.call("1", "crm__echo")
        return client.one()
    }

    /// What has been counted of the first plugin.
    var counted: PluginCounters.Values? { world.hub.plugins.first?.counters.snapshot }
}

/// A rule that a test writes.
struct Scripted: Rule {
    let kind = "scripted"
    let verdict: @Sendable (Document, RuleContext) async throws(RuleFault) -> Verdict

    init(
        _ verdict:
            @escaping @Sendable (Document, RuleContext) async throws(RuleFault) -> Verdict
    ) {
        self.verdict = verdict
    }

    func judge(_ document: Document, _ context: RuleContext) async throws(RuleFault) -> Verdict {
        try await verdict(document, context)
    }
}

extension String {
    /// The text for people of a tool's result; empty when there is none.
    var toolText: String { value("result", "content", "0", "text")?.string ?? "" }
}
