import Aggregator
import TestSupport
import Testing
import Wire

/// What servers ask in the middle of a call is judged as answers are, whatever either side speaks.
@Suite struct ServerRequestTests {
    private static let digits = #"  - redact: { patterns: ["[0-9]{9,}"], replacement: "•" }"#
    private static let form =
        #"{"message":"card 123456789?","requestedSchema":{"type":"object","properties":{"n":"#
        + #"{"type":"string","title":"123456789","default":"123456789","enum":["123456789"]}}}}"#
    private static let seen =
        #"{"message":"[crm] card •?","requestedSchema":{"type":"object","properties":{"n":"#
        + #"{"type":"string","title":"•","default":"•","enum":["123456789"]}}}}"#
    private static let model =
        #"{"systemPrompt":"123456789","messages":[{"role":"user","content":{"type":"text","text":"#
        + #""a 123456789"}}],"maxTokens":1}"#

    /// A client whose call is at a server that asks this.
    private func ask(
        _ rig: Rig, modernServer: Bool, modernClient: Bool, _ method: String, _ params: String
    ) -> [String] {
        let server = rig.server
        let request = #"{"method":"\#(method)","params":\#(params)}"#
        if modernServer {
            server.script = { connection, call in
                guard call.method == "tools/call" else { return false }
                connection.answer(
                    call, #"{"resultType":"input_required","inputRequests":{"q":\#(request)}}"#)
                return true
            }
        } else {
            server.held = ["tools/call"]
        }
        if modernClient {
            rig.client.enveloped(
                "1", "tools/call", #","name":"crm__echo","arguments":{}"#,
                capabilities: Parking.all)
        } else {
            rig.client.open(Parking.all)
            rig.client.call("1", "crm__echo")
        }
        rig.world.advance(by: .seconds(1))
        if !modernServer {
            server.connection?.say(
                #"{"jsonrpc":"2.0","id":900,"method":"\#(method)","params":\#(params)}"#)
            rig.world.advance(by: .seconds(1))
        }
        return rig.client.take()
    }

    private func rig(modernServer: Bool, _ plugins: String = digits) throws -> Rig {
        let server = modernServer ? ScriptedServer.modern("crm") : ScriptedServer("crm")
        return try Rig(plugins, server: server, opens: false)
    }

    @Test("no cell lets through what nobody should read", arguments: [true, false], [true, false])
    func cells(modernServer: Bool, modernClient: Bool) throws {
        for (method, params) in [
            ("elicitation/create", Self.form), ("sampling/createMessage", Self.model),
        ] {
            let rig = try rig(modernServer: modernServer)
            let lines = ask(
                rig, modernServer: modernServer, modernClient: modernClient, method, params)
            let line = try #require(lines.last { $0.contains(method) })
            #expect(line.contains("•"))
            let isForm = method == "elicitation/create"
            #expect(line.contains(Self.seen) == isForm)
            #expect(line.contains("123456789") == isForm)
            #expect(rig.counted?.changes == 1)
            rig.world.stop()
        }
    }

    @Test("a rule about other servers, or about requests only, sees none of it")
    func scopes() throws {
        for entry in ["upstream: other", "on: request"] {
            let rig = try rig(
                modernServer: false, "  - redact: { \(entry), patterns: [\"[0-9]{9,}\"] }")
            let lines = ask(
                rig, modernServer: false, modernClient: false, "elicitation/create", Self.form)
            #expect(lines.last?.contains("card 123456789?") == true)
            rig.world.stop()
        }
    }

    @Test("what a rule that must judge cannot judge is not asked, and the server hears why")
    func closed() throws {
        let hard = String(repeating: "a", count: 40) + "SECRET"
        for modernServer in [true, false] {
            let rig = try rig(
                modernServer: modernServer, #"  - redact: { name: hard, patterns: ["^(a+)+$"] }"#)
            let lines = ask(
                rig, modernServer: modernServer, modernClient: false, "elicitation/create",
                #"{"message":"\#(hard)","requestedSchema":{}}"#)
            #expect(!lines.contains { $0.contains("SECRET") })
            let told = modernServer ? lines.last : rig.server.received.last?.text
            #expect(told?.contains("Plugin 'hard' (redact) could not judge") == true)
            rig.world.stop()
        }
    }

    private func relay(_ verdict: @escaping @Sendable (Document) throws(RuleFault) -> Verdict)
        -> (asked: String?, told: String?, log: [String])
    {
        let rule = Scripted { (document, _) async throws(RuleFault) in
            guard document.value["inputRequests"] != nil else { return .pass }
            return try verdict(document)
        }
        let rig = Rig(rule, on: [.response])
        rig.client.open(Parking.all)
        rig.server.held = ["tools/call"]
        rig.client.call("1", "crm__echo")
        rig.server.connection?.say(
            #"{"jsonrpc":"2.0","id":900,"method":"elicitation/create","params":\#(Self.form)}"#)
        rig.world.run()
        defer { rig.world.stop() }
        let asked = rig.client.take().first { $0.contains("elicitation/create") }
        return (asked, rig.server.received.last?.text, rig.world.log.all)
    }

    @Test("a rule may refuse it with a reason for the server, and nobody is asked")
    func refused() {
        let result = relay { _ in .refuse("not today.") }
        #expect(result.asked == nil)
        #expect(
            result.told?.contains("keeps back what upstream 'crm' asks of the client: not today.")
                == true)
    }

    @Test("what a rule makes of it that is none is left out, and the log says so")
    func broken() {
        let others = [
            #"{"resultType":"input_required","inputRequests":{}}"#, "5",
            #"{"resultType":"complete"}"#,
            #"{"resultType":"input_required","inputRequests":{"request":{"method":"roots/list","params":{}}}}"#,
            #"{"resultType":"input_required","inputRequests":{"request":{"method":"elicitation/create","params":5}}}"#,
        ]
        for other in others {
            let result = relay { _ in .replace(Array(other.utf8)) }
            #expect(result.asked?.contains("card 123456789?") == true)
            #expect(result.log.contains { $0.contains("failed on what upstream 'crm' asks") })
        }
    }
}
