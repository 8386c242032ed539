import Aggregator
import Glibc
import Machine
import Synchronization
import TestSupport
import Testing
import Wire

/// What is written down about calls.
@Suite struct AuditTests {
    /// The lines that the plugin wrote while `body` ran.
    private static func lines(
        _ settings: String, besides others: String = "",
        server: ScriptedServer = ScriptedServer("crm"), opens: Bool = true,
        inside rules: (World) -> [any Plugin] = { _ in [] }, _ body: (Rig) -> Void
    ) throws -> [String] {
        let folder = "/tmp/manifold-audit-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        try File.makePrivateFolder(folder)
        defer { _ = unsafe system("rm -rf '\(folder)'") }
        let rig = try Rig(
            "  - audit: { file: audit.jsonl\(settings) }\n\(others)", server: server,
            folder: folder, opens: opens, inside: rules)
        body(rig)
        rig.world.stop()
        let text = (try? File.read("\(folder)/audit.jsonl", limit: 1 << 20)) ?? []
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("a line says who, what, where and what came of it, and no content")
    func line() throws {
        let lines = try Self.lines("") { _ = $0.call(#"{"a":"SECRET"}"#) }
        #expect(lines.count == 1)
        let line = lines.first ?? ""
        for (key, text) in [
            ("method", "tools/call"), ("upstream", "crm"), ("item", "echo"), ("client", "test"),
            ("principal", "local"), ("outcome", "ok"), ("executed", "yes"),
            ("argumentsHash", Digest.sha256Text(Array(#"{"a":"SECRET"}"#.utf8))),
        ] {
            #expect(line.value(key)?.string == text)
        }
        #expect(line.value("argumentsBytes")?.integer == 14)
        #expect(line.value("milliseconds")?.number != nil)
        #expect(line.value("time")?.string?.hasSuffix("Z") == true)
        #expect(!line.contains("SECRET"))
    }

    @Test("payloads are written when asked for, on one line")
    func payloads() throws {
        let lines = try Self.lines(", payloads: true") { _ = $0.call(#"{ "a" : 1.0 }"#) }
        #expect(lines.first?.json("arguments") == #"{"a":1.0}"#)
        #expect(lines.first?.json("result", "structuredContent", "arguments") == #"{"a":1.0}"#)
    }

    @Test("digests with a key are not those without")
    func key() throws {
        let lines = try Self.lines(", hashKey: k") { _ = $0.call("{}") }
        #expect(
            lines.first?.value("argumentsHash")?.string
                == Digest.hexadecimal(Digest.hmac(key: Array("k".utf8), Array("{}".utf8))))
    }

    @Test("every end of a call has its line")
    func ends() throws {
        let lines = try Self.lines("") { rig in
            _ = rig.answer(#"{"content":[],"isError":true}"#)
            rig.server.script = { connection, request in
                guard request.method == "tools/call" else { return false }
                connection.fail(request, code: 7)
                return true
            }
            rig.client.call("2", "crm__echo")
            rig.server.script = nil
            rig.server.held = ["tools/call"]
            rig.client.call("3", "crm__echo")
            rig.client.notify("notifications/cancelled", #"{"requestId":3}"#)
            rig.client.call("4", "crm__echo")
            rig.server.connection?.die()
            rig.world.run()
        }
        #expect(
            lines.map { $0.value("outcome")?.string ?? "" }
                == ["toolError", "error", "cancelled", "lost"])
        #expect(lines.dropFirst().first?.value("code")?.integer == 7)
    }

    @Test("a call whose server wants to know something first was asked, until it goes on")
    func asked() throws {
        let server = Driving.server([Driving.asking(#""a":\#(Driving.name)"#, state: #""s""#)])
        let lines = try Self.lines("", server: server, opens: false) { rig in
            var more = ""
            for _ in 0..<2 {
                rig.client.enveloped(
                    "1", "tools/call", #","name":"one__echo","arguments":{}\#(more)"#,
                    capabilities: Driving.all)
                rig.world.advance(by: .seconds(1))
                let state = rig.client.one().json("result", "requestState") ?? ""
                more = #","inputResponses":{"a":{}},"requestState":\#(state)"#
            }
        }
        #expect(lines.map { Self.fate($0).prefix(2) } == [["asked", "unknown"], ["ok", "yes"]])
    }

    @Test(
        "whether a call has run is known where a rule answers in its place",
        arguments: [
            (Verdict.answer(Array(#"{"content":[],"messages":[]}"#.utf8)), ["ok", "ok"]),
            (.refuse("No."), ["refused", "error"]),
        ])
    func inPlace(verdict: Verdict, outcomes: [String]) throws {
        for (hook, executed) in [(Scope.Hook.request, "no"), (.response, "yes")] {
            let server = ScriptedServer("crm")
            server.prompts = [#"{"name":"greet"}"#]
            let rule = { (world: World) -> [any Plugin] in
                [
                    RuleHost(
                        "rule", Scripted { _, _ in verdict },
                        scope: Scope([hook], methods: [.toolsCall, .promptsGet]),
                        safety: Safety(), time: world.time, log: world.log.log)
                ]
            }
            let lines = try Self.lines("", server: server, inside: rule) { rig in
                rig.client.call("1", "crm__echo")
                rig.client.request("2", "prompts/get", #"{"name":"crm__greet"}"#)
                rig.world.run()
            }
            #expect(lines.map { Self.fate($0)[0] } == outcomes)
            #expect(lines.map { Self.fate($0)[1] } == [executed, executed])
        }
    }

    /// The members of a line that say where a call went and what came of it.
    private static func fate(_ line: String) -> [String] {
        ["outcome", "executed", "plugin", "upstream", "item", "name"].map {
            line.value($0)?.string ?? (line.value($0) == nil ? "-" : "null")
        }
    }

    @Test("a call of a tool that is kept from the client has its line, and so has one of no tool")
    func misses() throws {
        let lines = try Self.lines("", besides: "  - access: { deny: [crm/echo] }") { rig in
            for (id, name) in [("1", "crm__echo"), ("2", "crm__none"), ("3", "none")] {
                rig.client.call(id, name, #"{"a":"SECRET"}"#)
                let told = rig.client.one().value("error", "message")?.string ?? ""
                #expect(told.hasPrefix("Unknown tool '\(name)'."))
            }
            let long = String(repeating: "x", count: 600)
            rig.client.request("4", "prompts/get", #"{"name":"\#(long)"}"#)
            #expect(rig.server.received("tools/call").isEmpty)
        }
        #expect(
            lines.prefix(3).map(Self.fate) == [
                ["refused", "no", "access", "crm", "echo", "crm__echo"],
                ["unknown", "no", "-", "crm", "-", "crm__none"],
                ["unknown", "no", "-", "null", "-", "none"],
            ])
        #expect(lines.count == 4)
        #expect(lines.last?.value("name")?.string?.utf8.count == 500)
        let line = lines.first ?? ""
        #expect(line.value("argumentsHash")?.string != nil && !line.contains("SECRET"))
        #expect(line.value("client")?.string == "test")
    }

    @Test("an attempt at a resource that is kept from the client has its line")
    func hiddenResource() throws {
        let others = "  - access: { deny: [{ items: \"crm/a:secret\", kinds: [resource] }] }"
        let lines = try Self.lines("", besides: others) { rig in
            for method in ["resources/read", "resources/subscribe"] {
                rig.client.request("1", method, #"{"uri":"a:secret"}"#)
                #expect(rig.client.one().json("error") != nil)
            }
        }
        #expect(lines.map { $0.value("name")?.string } == ["a:secret", "a:secret"])
        #expect(lines.allSatisfy { ["refused", "unknown"].contains($0.value("outcome")?.string) })
    }

    @Test(
        "an audit of some calls hears of no others that lead nowhere",
        arguments: [
            (", upstream: crm", ["crm__echo", "crm__none"]), (", upstream: docs", []),
            (", tool: echo", ["crm__echo"]), (", tool: other", []), (", prompt: echo", []),
        ])
    func narrow(settings: String, names: [String]) throws {
        let others = "  - access: { deny: [crm/echo] }"
        let lines = try Self.lines(settings, besides: others) { rig in
            for name in ["crm__echo", "crm__none", "none"] { rig.client.call("1", name) }
        }
        #expect(lines.map { $0.value("name")?.string ?? "" } == names)
    }

    @Test("a file that cannot be written is said in the log, or keeps the answer back")
    func failing() throws {
        for isRequired in [false, true] {
            let rig = try Rig(
                "  - audit: { file: /nonexistent/audit.jsonl, required: \(isRequired) }")
            let (answer, sent) = rig.call("{}")
            #expect(sent != nil)
            #expect((answer.json("result", "isError") == "true") == isRequired)
            #expect(rig.world.log.all.contains { $0.contains("Could not open '/nonexistent") })
            #expect(rig.counted?.errors == 1)
            rig.world.stop()
        }
    }

    @Test("a file that cannot be written is found out without a call, and without making it")
    func trial() throws {
        for (path, reason) in [
            ("/nonexistent/audit.jsonl", "Could not write in the folder '/nonexistent': "),
            ("/tmp", "Could not open '/tmp': "), ("/tmp/manifold-no-audit.jsonl", nil),
        ] {
            let rig = try Rig("  - audit: { file: \(path) }")
            let found = Mutex<PluginTrouble?>(nil)
            let loop = try EventLoop.make()
            let plugin = rig.world.hub.plugins.first
            _ = loop.run {
                let trouble = await plugin?.trial()
                found.withLock { $0 = trouble }
                return 0
            }
            let said = found.withLock { $0 }?.reason
            #expect((said == nil) == (reason == nil))
            if let reason { #expect(said?.hasPrefix(reason) == true) }
            #expect(File.stamp("/tmp/manifold-no-audit.jsonl") == nil)
            rig.world.stop()
        }
    }
}
