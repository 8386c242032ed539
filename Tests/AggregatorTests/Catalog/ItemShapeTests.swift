import Aggregator
import TestSupport
import Testing
import Wire

/// One entry that clients cannot read does not cost them the whole list.
@Suite struct ItemShapeTests {
    private func list(_ method: String, _ configure: (ScriptedServer) -> Void) -> (String, [String])
    {
        let server = ScriptedServer("one")
        configure(server)
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", method)
        defer { world.stop() }
        return (client.one(), world.log.all)
    }

    @Test(
        "an entry of another shape is left out alone, and the log says why",
        arguments: [
            (#"{"name":"bad","inputSchema":5}"#, "'inputSchema' must be an object"),
            (#"{"name":"bad","inputSchema":[]}"#, "'inputSchema' must be an object"),
            (#"{"name":"bad","inputSchema":{},"description":[1]}"#, "'description' must be a text"),
            (#"{"name":"bad","inputSchema":{},"title":{}}"#, "'title' must be a text"),
            (
                #"{"name":"bad","inputSchema":{},"annotations":""}"#,
                "'annotations' must be an object"
            ),
            (
                #"{"name":"bad","inputSchema":{},"outputSchema":1}"#,
                "'outputSchema' must be an object"
            ),
            (#"{"name":5,"inputSchema":{}}"#, "'name' must be a text"),
            ("{}", "'name' must be a text"), ("7", "'name' must be a text"),
        ])
    func leftOut(entry: String, words: String) {
        let (answer, log) = list("tools/list") {
            $0.tools = [
                entry, #"{"name":"good","inputSchema":{},"title":null,"outputSchema":null}"#,
            ]
        }
        #expect(answer.names == ["one__good"])
        #expect(log.contains { $0.contains("was left out: \(words).") })
    }

    @Test(
        "a tool that has no schema gets one, a resource its URI as a name, and all else keeps its bytes"
    )
    func completed() {
        for missing in ["", #","inputSchema":null"#] {
            let (answer, log) = list("tools/list") {
                $0.tools = [#"{"name":"a","x" : 1.0\#(missing)}"#]
            }
            #expect(
                answer.json("result", "tools")
                    == #"[{"name":"one__a","x":1.0,"inputSchema":{"type":"object"}}]"#)
            #expect(log.contains { $0.contains("tool 'a' has no 'inputSchema', and was given") })
        }
        let (answer, _) = list("resources/list") { $0.resources = [#"{"uri":"a:b"}"#] }
        #expect(answer.json("result", "resources") == #"[{"uri":"a:b","name":"a:b"}]"#)
    }

    @Test("several entries are told one by one, and many by their number")
    func many() {
        let (answer, log) = list("tools/list") {
            $0.tools = (1...7).map { #"{"name":"t\#($0)","inputSchema":5}"# }
        }
        #expect(answer.names == [])
        let line = log.first { $0.contains("list of tools") }
        #expect(line?.contains("'t1' was left out") == true)
        #expect(line?.contains("'t5' was left out") == true)
        #expect(line?.hasSuffix("And 2 more.") == true)
    }

    @Test("a rule makes no entry and no result that clients cannot read")
    func rules() throws {
        for json in [#"{"name":"echo"}"#, #"{"name":"echo","inputSchema":{},"description":5}"#] {
            let value = try Value(validating: Array(json.utf8))
            #expect(ItemShape.fault(value, .tool) != nil)
        }
        let old = try Value(
            validating: Array(#"{"content":[],"structuredContent":{},"isError":false}"#.utf8))
        for (new, isFine) in [
            (#"{"content":[1]}"#, true), (#"{"content":[],"structuredContent":{"a":1}}"#, true),
            (#"{"content":5}"#, false), (#"{"structuredContent":{}}"#, false),
            (#"{"content":[],"structuredContent":5}"#, false), (#"{"a":1}"#, false),
        ] {
            let isTaken = (try? Replacement.check(Array(new.utf8), instead: old, .result)) != nil
            #expect(isTaken == isFine, "\(new)")
        }
    }
}
