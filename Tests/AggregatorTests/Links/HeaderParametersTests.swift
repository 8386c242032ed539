import Aggregator
import Testing
import Wire

@Suite struct HeaderParametersTests {
    private func read(_ schema: String) throws -> HeaderParameters {
        let tool = try Value(validating: Array(#"{"name":"t","inputSchema":\#(schema)}"#.utf8))
        return try HeaderParameters(tool: tool)
    }

    @Test("marked arguments are found by their path, and data is not looked into")
    func found() throws {
        let all = try read(
            #"{"type":"object","properties":{"x-mcp-header":{"type":"string","x-mcp-header":"A"},"#
                + #""o":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"B-1"}}},"#
                + #""d":{"default":{"x-mcp-header":5},"enum":[{"x-mcp-header":"z"}]}}}"#)
        #expect(all.all.map(\.header) == ["A", "B-1"])
        #expect(all.all.map(\.path) == [["x-mcp-header"], ["o", "n"]])
        #expect(try read("{}").all.isEmpty)
        #expect(try read("5").all.isEmpty)
    }

    @Test(
        "a mark that breaks the rules is a fault",
        arguments: [
            #"{"properties":{"a":{"type":"number","x-mcp-header":"A"}}}"#,
            #"{"properties":{"a":{"x-mcp-header":"A"}}}"#,
            #"{"properties":{"a":{"type":["string"],"x-mcp-header":"A"}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":""}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":"a b"}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":5}}}"#,
            #"{"type":"string","x-mcp-header":"A"}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a"}}}"#,
            #"{"anyOf":[{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}]}"#,
            #"{"$defs":{"a":{"type":"string","x-mcp-header":"A"}}}"#,
            #"{"properties":{"a":{"items":{"type":"string","x-mcp-header":"A"}}}}"#,
        ])
    func faults(schema: String) {
        #expect(throws: HeaderParameters.Fault.self) { try read(schema) }
    }
}
