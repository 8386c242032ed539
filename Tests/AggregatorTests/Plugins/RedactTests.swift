import Aggregator
import TestSupport
import Testing
import Wire

/// What nobody should read is read by nobody, and the rest stays as it was.
@Suite struct RedactTests {
    private static let digits = #"  - redact: { patterns: ["[0-9]{9,}"], replacement: "•" }"#

    @Test(
        "patterns are found wherever content is, however it is spelled",
        arguments: [
            (#"{"a":"id 123456789!"}"#, #"{"a":"id •!"}"#),
            (#"{ "a" : ["é\u00e9 \u0031\u00323456789\/x"]}"#, #"{ "a" : ["é\u00e9 •\/x"]}"#),
            (#"{"n":1234567890,"k":1.0}"#, #"{"n":"•","k":1.0}"#),
            (#"{"n":-123456789}"#, #"{"n":"-•"}"#),
            (#"{"a":"123456789","a":"123456789"}"#, #"{"a":"•","a":"•"}"#),
            (#"{"a":"\ud800 123456789 \udc00"}"#, #"{"a":"\ud800 • \udc00"}"#),
            (
                #"{"😀":{"x":[null,true,"1234567890123 and 999999999"]}}"#,
                #"{"😀":{"x":[null,true,"• and •"]}}"#
            ),
            (#"{"a":"12345678"}"#, #"{"a":"12345678"}"#),
        ])
    func arguments(before: String, after: String) throws {
        let rig = try Rig(Self.digits)
        #expect(rig.call(before).sent == after)
        rig.world.stop()
    }

    @Test(
        "results are gone through where people and models read them, and nowhere else",
        arguments: [
            (
                #"{"content":[{"type":"text","text":"123456789"}],"_meta":{"id":123456789}}"#,
                #"{"content":[{"type":"text","text":"•"}],"_meta":{"id":123456789}}"#
            ),
            (
                #"{"content":[{"type":"image","data":"123456789AAA","mimeType":"image/png"}]}"#,
                #"{"content":[{"type":"image","data":"123456789AAA","mimeType":"image/png"}]}"#
            ),
            (
                #"{"content":[{"type":"resource","resource":{"uri":"a:123456789","text":"123456789","blob":"123456789"}}]}"#,
                #"{"content":[{"type":"resource","resource":{"uri":"a:123456789","text":"•","blob":"123456789"}}]}"#
            ),
            (
                #"{"content":[{"type":"resource_link","uri":"a:123456789","name":"n"}]}"#,
                #"{"content":[{"type":"resource_link","uri":"a:123456789","name":"n"}]}"#
            ),
            (
                #"{"structuredContent":{"a":[{"b":123456789.0}]},"content":[]}"#,
                #"{"structuredContent":{"a":[{"b":"•.0"}]},"content":[]}"#
            ),
            (
                #"{"content":[{"type":"text","text":"{\"id\": 123456789, \"x\":1.0}"}]}"#,
                #"{"content":[{"type":"text","text":"{\"id\": \"•\", \"x\":1.0}"}]}"#
            ),
            (
                #"{"content":[],"content":[{"type":"text","text":"123456789"}]}"#,
                #"{"content":[],"content":[{"type":"text","text":"•"}]}"#
            ),
        ])
    func results(before: String, after: String) throws {
        let rig = try Rig(Self.digits)
        #expect(rig.answer(before).json("result") == after)
        rig.world.stop()
    }

    @Test(
        "fields are redacted whole, in arguments, structured content and text that is JSON",
        arguments: [
            (
                "customer.card", #"{"customer":{"card":[1,"a",null],"x":1}}"#,
                #"{"customer":{"card":["-","-",null],"x":1}}"#
            ),
            (
                "**.pin", #"{"pin":1,"a":[{"pin":true}],"pint":2}"#,
                #"{"pin":"-","a":[{"pin":"-"}],"pint":2}"#
            ),
            ("a.*.b", #"{"a":[{"b":1},{"b":"x","c":2}]}"#, #"{"a":[{"b":"-"},{"b":"-","c":2}]}"#),
            ("/a.b/0", #"{"a.b":[1,2]}"#, #"{"a.b":["-",2]}"#),
        ])
    func fields(field: String, before: String, after: String) throws {
        let rig = try Rig(#"  - redact: { fields: ["\#(field)"], replacement: "-" }"#)
        #expect(rig.call(before).sent == after)
        let text = String(decoding: JSONWriter.quoted(before), as: UTF8.self)
        let redacted = String(decoding: JSONWriter.quoted(after), as: UTF8.self)
        let result = rig.answer(
            #"{"structuredContent":\#(before),"content":[{"type":"text","text":\#(text)}]}"#)
        #expect(
            result.json("result")
                == #"{"structuredContent":\#(after),"content":[{"type":"text","text":\#(redacted)}]}"#
        )
        rig.world.stop()
    }

    @Test("of a pattern with a group only the group goes")
    func group() throws {
        let rig = try Rig(
            #"  - redact: { patterns: ["(?i)password=(\\S+)|sesame"], replacement: "*" }"#)
        #expect(rig.call(#"{"q":"PASSWORD=abc sesame"}"#).sent == #"{"q":"PASSWORD=* *"}"#)
        rig.world.stop()
    }

    @Test("errors, log lines and progress are redacted as well")
    func elsewhere() throws {
        let rig = try Rig(Self.digits)
        rig.server.held = ["tools/call"]
        rig.client.call("1", "crm__echo", meta: #"{"progressToken":1}"#)
        let request = rig.server.received("tools/call")[0]
        rig.server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"#
                + #"\#(request.progressToken),"progress":123456789,"message":"at 123456789"}}"#)
        rig.server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"#
                + #"{"user":"123456789"}}}"#)
        rig.server.connection?.fail(request, code: 5, "no 123456789")
        rig.world.run()
        let lines = rig.client.take()
        #expect(lines.count == 3)
        #expect(lines.first?.json("params", "message") == #""at •""#)
        #expect(lines.first?.json("params", "progress") == "123456789")
        #expect(lines.dropFirst().first?.json("params", "data") == #"{"user":"•"}"#)
        #expect(lines.last?.json("error", "message") == #""no •""#)
        rig.world.stop()
    }

    @Test("a pattern that is too hard for a text stops the call; the error shows none of it")
    func catastrophe() throws {
        let rig = try Rig(#"  - redact: { name: hard, patterns: ["^(a+)+$"] }"#)
        let text = String(repeating: "a", count: 40) + "SECRET"
        let (answer, sent) = rig.call(#"{"q":"\#(text)"}"#)
        #expect(sent == nil)
        #expect(answer.toolText.contains("Plugin 'hard' (redact) could not judge 'crm/echo'"))
        #expect(!answer.contains("SECRET"))
        #expect(rig.world.log.all.allSatisfy { !$0.contains("SECRET") })
        rig.world.stop()
    }

    @Test("rules at one hook only leave the others alone")
    func hooks() throws {
        let rig = try Rig(
            #"  - redact: { on: response, patterns: ["[0-9]{9,}"], replacement: "•" }"#)
        let (answer, sent) = rig.call(#"{"a":"123456789"}"#)
        #expect(sent == #"{"a":"123456789"}"#)
        #expect(answer.json("result", "structuredContent", "arguments") == #"{"a":"•"}"#)
        rig.world.stop()
    }

    @Test(
        "what is wrong with a rule is said where it is written",
        arguments: [
            (
                "redact: { patterns: [\"a(b\"] }",
                "is no regular expression: missing closing parenthesis"
            ),
            ("redact: { fields: [\"a..b\"] }", "has an empty part"),
            ("redact: { on: catalog }", "must be one of 'request', 'response', 'notification'"),
            ("tokenize: { keys: [abc] }", "it must be 32 bytes in base64 or hexadecimal"),
            ("tokenize: { patterns: [a] }", "needs 'keys'"),
            ("access: { deny: [{ annotations: { readonly: true } }] }", "names an annotation"),
            ("limit: { calls: 0 }", "must be an integer from 1"),
        ])
    func mistakes(entry: String, complaint said: String) throws {
        let text = try complaint("plugins:\n  - \(entry)\n")
        #expect(text.contains(said), "\(text)")
        #expect(text.contains("manifold.yaml:2"))
    }
}
