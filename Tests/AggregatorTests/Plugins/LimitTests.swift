import Aggregator
import TestSupport
import Testing
import Wire

/// How often, how many at a time, and for how long.
@Suite struct LimitTests {
    @Test("a bucket lets its calls through, then one whenever it has filled, and says when")
    func bucket() throws {
        let rig = try Rig("  - limit: { calls: 2, per: 10 s }")
        for _ in 0..<2 { #expect(rig.call("{}").sent != nil) }
        let (answer, sent) = rig.call("{}")
        #expect(sent == nil)
        #expect(
            answer.toolText
                == "Plugin 'limit' did not send 'crm/echo': 2 calls in 10 s are allowed. Try again in "
                + "5 s.")
        #expect(answer.json("result", "_meta", "manifold/retryAfterMs") == "5000")
        rig.world.advance(by: .milliseconds(4999))
        #expect(rig.call("{}").sent == nil)
        rig.world.advance(by: .milliseconds(1))
        #expect(rig.call("{}").sent != nil)
        #expect(rig.call("{}").sent == nil)
        #expect(rig.counted?.hits == 6)
        #expect(rig.counted?.changes == 3)
        rig.world.stop()
    }

    @Test("what is counted apart does not share a bucket", arguments: ["tool", "[client, tool]"])
    func apart(each: String) throws {
        let rig = try Rig(
            "  - limit: { calls: 1, each: \(each) }",
            server: ScriptedServer("crm", tools: ["echo", "other"]))
        #expect(rig.call("{}").sent != nil)
        #expect(rig.call("{}").answer.toolText.contains(": 1 call in "))
        rig.client.call("2", "crm__other")
        #expect(rig.client.one().json("result", "isError") == nil)
        rig.world.stop()
    }

    @Test("no more than so many run at a time, whatever becomes of them")
    func concurrent() throws {
        let rig = try Rig("  - limit: { concurrent: 2 }")
        rig.server.held = ["tools/call"]
        for id in ["1", "2", "3"] { rig.client.call(id, "crm__echo") }
        #expect(rig.client.one().toolText.contains("2 calls at a time are allowed"))
        #expect(rig.server.received("tools/call").count == 2)
        rig.client.notify("notifications/cancelled", #"{"requestId":1}"#)
        rig.client.call("4", "crm__echo")
        #expect(rig.server.received("tools/call").count == 3)
        rig.world.stop()
    }

    @Test("a call that goes on is not counted again, but only as often as it was asked")
    func continued() throws {
        let server = Driving.server([Driving.asking(#""a":\#(Driving.name)"#, state: #""s""#)])
        let rig = try Rig("  - limit: { calls: 1, per: 1 h }", server: server, opens: false)
        func answer(_ members: String) -> String {
            rig.client.enveloped(
                "1", "tools/call", #","name":"one__echo","arguments":{}\#(members)"#,
                capabilities: Driving.all)
            rig.world.advance(by: .seconds(1))
            return rig.client.one()
        }
        let state = answer("").json("result", "requestState") ?? ""
        let answers = #","inputResponses":{"a":{"action":"decline"}},"requestState":\#(state)"#
        #expect(answer(answers).json("result", "resultType") == #""complete""#)
        for members in [answers, ""] {
            #expect(answer(members).toolText.contains(": 1 call in "))
        }
        #expect(server.received("tools/call").count == 2)
        rig.world.stop()
    }

    @Test("a call that takes too long is ended, and its server told")
    func timeout() throws {
        let rig = try Rig("  - timeout: { name: slow, tool: ec*, after: 30 s }")
        rig.server.held = ["tools/call"]
        rig.client.call("1", "crm__echo")
        rig.world.advance(by: .milliseconds(29_999))
        #expect(rig.client.take() == [])
        rig.world.advance(by: .milliseconds(1))
        let answer = rig.client.one()
        #expect(
            answer.toolText.hasPrefix(
                "Plugin 'slow' (timeout) ended 'crm/echo': it took longer than 30 s."))
        #expect(answer.json("result", "_meta", "manifold/executed") == #""unknown""#)
        #expect(rig.server.received("notifications/cancelled").count == 1)
        rig.server.held = []
        #expect(rig.call("{}").sent != nil)
        rig.world.stop()
        #expect(rig.world.isOver)
    }

    @Test(
        "a call that is cancelled behind a plugin ends, and its server is told once",
        arguments: [
            "limit: { concurrent: 1 }", "timeout: { after: 30 s }", "redact: { fields: [secret] }",
        ])
    func cancelled(plugin: String) throws {
        let rig = try Rig("  - \(plugin)")
        rig.server.held = ["tools/call"]
        rig.client.call("1", "crm__echo")
        rig.client.notify("notifications/cancelled", #"{"requestId":1}"#)
        #expect(rig.client.take() == [])
        #expect(rig.server.received("notifications/cancelled").count == 1)
        rig.server.held = []
        #expect(rig.call("{}").sent != nil)
        rig.world.stop()
        #expect(rig.world.isOver)
    }
}
