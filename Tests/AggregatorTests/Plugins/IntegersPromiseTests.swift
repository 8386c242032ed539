import Aggregator
import TestSupport
import Testing
import Wire

/// What becomes of what tools promise when `integers` makes strings of integers.
@Suite struct IntegersPromiseTests {
    private static let big = "9007199254740993"

    @Test(
        "a result with strings in the place of integers is valid still",
        arguments: [
            (
                #"{"oneOf":[{"type":"integer"},{"type":"string"}]}"#,
                #"{"anyOf":[{"type":["integer","string"]},{"type":"string"}]}"#
            ),
            (
                #"{"type":"integer","enum":[1,\#(big),"x",{"a":[\#(big)]}]}"#,
                #"{"type":["integer","string"],"enum":[1,\#(big),"x",{"a":[\#(big)]},"\#(big)",{"a":["\#(big)"]}]}"#
            ),
            (#"{"enum":[\#(big),"\#(big)"]}"#, #"{"enum":[\#(big),"\#(big)"]}"#),
            (#"{"const": -\#(big) }"#, #"{"enum": [-\#(big),"-\#(big)"] }"#),
            (
                #"{"properties":{"const":{"type":"integer"},"not":{"type":"number"}}}"#,
                #"{"properties":{"const":{"type":["integer","string"]},"not":{"type":["number","string"]}}}"#
            ),
            (
                ##"{"oneOf":[{"$ref":"#/$defs/n"},{"type":"string"}],"$defs":{"n":{"type":"integer"}}}"##,
                ##"{"anyOf":[{"$ref":"#/$defs/n"},{"type":"string"}],"$defs":{"n":{"type":["integer","string"]}}}"##
            ),
            (
                #"{"oneOf":[{"minimum":5},{"type":"string"}]}"#,
                #"{"anyOf":[{"minimum":5},{"type":"string"}]}"#
            ),
            (
                #"{"not":{"required":["a"]},"properties":{"n":{"type":"integer"}}}"#,
                #"{"not":{"required":["a"]},"properties":{"n":{"type":["integer","string"]}}}"#
            ),
        ])
    func wider(before: String, after: String) throws {
        #expect(try promise(before) == after)
    }

    @Test(
        "what promises no integers stays as it is",
        arguments: [
            #"{"oneOf":[{"type":"string"},{"type":"null"}]}"#, #"{"const":5,"default":\#(big)}"#,
            ##"{"oneOf":[{"$ref":"#/$defs/s"},{"type":"null"}],"$defs":{"s":{"type":"string"}}}"##,
            #"{"type":"string","not":{"pattern":"x"},"maxLength":5}"#,
            #"{"type":"object","if":{"required":["a"]},"then":{"required":["b"]}}"#,
        ])
    func same(schema: String) throws {
        #expect(try promise(schema) == schema)
    }

    @Test(
        "a tool whose promise strings may break promises nothing",
        arguments: [
            #"{"type":"integer","not":{"const":\#(big)}}"#,
            #"{"properties":{"n":{"not":{"type":"string"}}}}"#,
            #"{"not":{"properties":{"n":{"minimum":5}}}}"#,
            #"{"if":{"properties":{"n":{"type":"integer"}}},"then":{"required":["m"]}}"#,
            #"{"type":["integer","string"],"pattern":"^a"}"#,
            #"{"type":["integer","string"],"format":"date"}"#,
            #"{"oneOf":[{"type":"integer"},{"type":"null"}],"anyOf":[{}]}"#,
            #"{"const":\#(big),"enum":[\#(big)]}"#,
            #"{"contains":{"type":"string"},"maxContains":1}"#,
        ])
    func nothing(schema: String) throws {
        #expect(try promise(schema) == nil)
    }

    @Test("the rest of a tool that promises nothing stays as it is")
    func rest() throws {
        let tool = try list(
            #"{"name":"a", "outputSchema":{"not":{"type":"integer"}}, "inputSchema":{"x":"y"}}"#
        )
        #expect(tool == #"[{"name":"crm__a","inputSchema":{"x":"y"}}]"#)
    }

    /// The tools that a client sees of a server with this one.
    private func list(_ tool: String) throws -> String {
        let server = ScriptedServer("crm")
        server.tools = [tool]
        let rig = try Rig("  - integers: {}", server: server)
        defer { rig.world.stop() }
        rig.client.request("9", "tools/list")
        return try #require(rig.client.one().json("result", "tools"))
    }

    /// What becomes of an output schema; nil where it is left out.
    private func promise(_ schema: String) throws -> String? {
        let text = try list(#"{"name":"a","inputSchema":{},"outputSchema":\#(schema)}"#)
        let tools = try Value(validating: Array(text.utf8))
        let tool = try #require(tools.elements.first { _ in true })
        return tool["outputSchema"].map { String(decoding: $0.raw, as: UTF8.self) }
    }
}
