import Aggregator
import TestSupport
import Testing
import Wire

/// What rules can do to a message, and what they cannot.
@Suite struct RuleTests {
    private static let odd = #"{ "b" : 1.0,"a":"\u0041\/","a":18446744073709551616 ,"é":[ ]}"#

    private static func returning(_ json: String) -> Scripted {
        Scripted { _, _ in .replace(Array(json.utf8)) }
    }

    @Test("what a rule returns unchanged goes on as the bytes that came")
    func identity() {
        let rig = Rig(
            Scripted { document, _ in .replace(document.value.copy()) },
            on: [.request, .response])
        let (answer, sent) = rig.call(Self.odd)
        #expect(sent == Self.odd)
        #expect(answer.contains(Self.odd))
        #expect(rig.counted?.hits == 1)
        #expect(rig.counted?.changes == 0)
        rig.world.stop()
    }

    @Test(
        "a replacement reaches the server in the place of the arguments, and nothing else changes")
    func replaced() {
        let rig = Rig(Self.returning(#"{"x": [1.0] }"#), on: [.request])
        rig.client.call("7", "crm__echo", #"{"secret":1}"#, meta: #"{"k": 1.0}"#)
        let sent = rig.server.received("tools/call")[0]
        #expect(
            sent.params == #"{"name":"echo","arguments":{"x": [1.0] },"_meta":{"k": 1.0}}"#)
        #expect(rig.client.one().json("id") == "7")
        #expect(rig.counted?.changes == 1)
        rig.world.stop()
    }

    @Test("arguments that are not there can be added")
    func added() {
        let rig = Rig(Self.returning(#"{"x":1}"#), on: [.request])
        rig.client.request("1", "tools/call", #"{"name":"crm__echo"}"#)
        #expect(rig.server.received("tools/call").map(\.arguments) == [#"{"x":1}"#])
        rig.world.stop()
    }

    @Test(
        "a replacement that is not one value of the right shape stops the request",
        arguments: [
            "", "{", "[]", "1", #"{}},"id":9,"x":{"#, #"{},"name":"other""#, "{} {}", "{\"a\":}",
            "nul",
        ])
    func framing(json: String) {
        let rig = Rig(Self.returning(json), on: [.request])
        let (answer, sent) = rig.call("{}")
        #expect(sent == nil)
        #expect(answer.json("id") == "1")
        #expect(answer.toolText.contains("Plugin 'probe' (scripted) could not judge 'crm/echo'"))
        #expect(answer.json("result", "_meta", "manifold/executed") == "\"no\"")
        #expect(answer.json("result", "_meta", "manifold/plugin") == "\"probe\"")
        #expect(rig.counted?.errors == 1)
        rig.world.stop()
    }

    @Test(
        "an answer that a rule breaks goes on with a mark, and is kept back for security",
        arguments: ["", "[]", #"{}},"id":9,"x":{"#, #"{"resultType":"input_required"}"#],
        [false, true])
    func broken(json: String, isSecurity: Bool) {
        var safety = Safety()
        safety.isSecurity = isSecurity
        let rig = Rig(Self.returning(json), on: [.response], safety: safety)
        let answer = rig.answer(#"{"content":[],"x":1.0,"_meta":{"k":2.0}}"#)
        #expect(answer.json("id") == "1")
        if isSecurity {
            #expect(answer.toolText.contains("The call has run."))
            #expect(answer.json("result", "_meta", "manifold/executed") == "\"yes\"")
            #expect(!answer.contains(#""k""#))
        } else {
            #expect(
                answer.json("result")
                    == #"{"content":[],"x":1.0,"_meta":{"manifold/unjudged":["probe"],"k":2.0}}"#)
        }
        rig.world.stop()
    }

    @Test(
        "the mark finds its place in any answer",
        arguments: [
            ("{}", #"{"_meta":{"manifold/unjudged":["probe"]}}"#),
            (#"{"a":1}"#, #"{"_meta":{"manifold/unjudged":["probe"]},"a":1}"#),
            (#"{"_meta":{}}"#, #"{"_meta":{"manifold/unjudged":["probe"]}}"#),
            (
                #"{"_meta":{"manifold/unjudged":["x"]}}"#,
                #"{"_meta":{"manifold/unjudged":["probe","x"]}}"#
            ),
            (#"{"_meta":null}"#, #"{"_meta":null}"#),
        ])
    func mark(result: String, marked: String) {
        let rig = Rig(
            Scripted { _, _ throws(RuleFault) in throw RuleFault("no.") }, on: [.response])
        #expect(rig.answer(result).json("result") == marked)
        rig.world.stop()
    }

    @Test("a rule can refuse a call, and answer one itself")
    func verdicts() {
        let refusing = Rig(Scripted { _, _ in .refuse("Not on Sundays.") }, on: [.request])
        let refusal = refusing.call("{}")
        #expect(refusal.sent == nil)
        #expect(
            refusal.answer.toolText
                == "Plugin 'probe' (scripted) refused 'crm/echo': Not on Sundays. It was not sent.")
        refusing.world.stop()
        let answering = Rig(
            Scripted { _, _ in .answer(Array(#"{"content":[]}"#.utf8)) }, on: [.request])
        let (answer, sent) = answering.call("{}")
        #expect(sent == nil)
        #expect(answer == #"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#)
        answering.world.stop()
    }

    @Test("a rule is told by when it has to be done, and fails the call when it is not")
    func deadline() {
        let rig = Rig { world in
            let time = world.time
            let rule = Scripted { (_, context) async throws(RuleFault) in
                await time.wait(until: context.deadline) { _ in }
                throw RuleFault("it took too long.")
            }
            return [
                RuleHost(
                    "probe", rule, scope: Scope([.request], methods: [.toolsCall]),
                    safety: Safety(), time: time, log: world.log.log)
            ]
        }
        rig.client.call("1", "crm__echo")
        rig.world.advance(by: .milliseconds(999))
        #expect(rig.client.take() == [])
        rig.world.advance(by: .milliseconds(1))
        #expect(rig.client.one().toolText.contains("it took too long."))
        #expect(rig.server.executed.isEmpty)
        rig.world.stop()
        #expect(rig.world.isOver)
    }

    @Test("errors of a server are judged too, and keep their code")
    func errors() {
        let server = ScriptedServer("crm")
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.fail(request, code: 7, "no 123")
            return true
        }
        let rig = Rig(
            Scripted { document, _ in
                document.part == .error
                    ? .replace(Array(#"{"code":7,"message":"no •"}"#.utf8)) : .pass
            }, on: [.response], server: server)
        rig.client.call("1", "crm__echo")
        #expect(rig.client.one().json("error") == #"{"code":7,"message":"no •"}"#)
        rig.world.stop()
    }

    @Test("what a server tells can be changed and dropped, but not whom it is about")
    func notifications() {
        let rig = Rig { world in
            [
                RuleHost(
                    "probe",
                    Scripted { document, context throws(RuleFault) in
                        switch document.value["message"]?.string {
                        case "drop": .refuse("")
                        case "steal": .replace(Array(#"{"progressToken":2,"progress":1}"#.utf8))
                        case "change": .replace(Self.changed(document))
                        default: .pass
                        }
                    }, scope: Scope([.notification]), safety: Safety(), time: world.time,
                    log: world.log.log)
            ]
        }
        rig.server.held = ["tools/call"]
        rig.client.call("1", "crm__echo", meta: #"{"progressToken":"t"}"#)
        let token = rig.server.received("tools/call")[0].progressToken
        for (index, text) in ["drop", "steal", "change", "keep"].enumerated() {
            rig.server.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/progress","params":"#
                    + #"{"progressToken":\#(token),"progress":\#(index),"message":"\#(text)"}}"#)
            rig.world.run()
        }
        let heard = rig.client.take()
        #expect(
            heard.map { $0.json("params", "message") ?? "" }
                == [#""steal""#, #""changed""#, #""keep""#])
        #expect(heard.allSatisfy { $0.json("params", "progressToken") == #""t""# })
        rig.world.stop()
    }

    private static func changed(_ document: Document) -> [UInt8] {
        let text = String(decoding: document.value.raw, as: UTF8.self)
        return Array(text.split(separator: "\"change\"").joined(separator: "\"changed\"").utf8)
    }

    @Test(
        "a call that is cancelled while it is judged is no failure of the rule, and goes no further",
        arguments: [Scope.Hook.request, .response])
    func cancelled(hook: Scope.Hook) {
        var safety = Safety()
        safety.onFailure = .open
        let rig = Rig(
            Scripted {
                (_, _) async throws(RuleFault) -> Verdict in
                let never = Signal()
                await never.wait(after: 0)
                throw .cancelled
            }, on: [hook], safety: safety)
        rig.client.call("1", "crm__echo")
        rig.client.say(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        #expect(rig.client.take() == [])
        #expect(rig.server.received("tools/call").count == (hook == .request ? 0 : 1))
        #expect(rig.counted?.errors == 0)
        #expect(!rig.world.log.all.contains { $0.contains("failed on") })
        rig.world.stop()
    }
}
