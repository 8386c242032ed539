import Aggregator
import Testing
import Wire

@Suite struct HeaderParametersTests {
    private static func tool(_ schema: String) -> [UInt8] {
        Array(#"{"name":"t","inputSchema":\#(schema)}"#.utf8)
    }

    private static func value(_ json: String) throws -> Value {
        try Value(validating: Array(json.utf8))
    }

    private static let schema = #"""
        {"type":"object","properties":{
        "region":{"type":"string","x-mcp-header":"Region"},
        "deep":{"type":"object","properties":{"count":{"x-mcp-header":"Count","type":"integer"}}},
        "on":{"type":"boolean","x-mcp-header":"On"},"other":{"type":"string"}}}
        """#

    @Test("a tool without marks has no parameters in headers")
    func none() throws {
        #expect(try HeaderParameters(tool: Self.tool(#"{"type":"object"}"#)) == nil)
        for mentioned in [
            #"{"type":"object","description":"x-mcp-header"}"#,
            #"{"properties":{"d":{"default":{"x-mcp-header":5},"enum":[{"x-mcp-header":"z"}]}}}"#,
            "5",
        ] {
            #expect(try HeaderParameters(tool: Self.tool(mentioned)) == nil)
        }
    }

    @Test("marked arguments become headers, wherever they lie; missing and null ones do not")
    func headers() throws {
        let parameters = try #require(try HeaderParameters(tool: Self.tool(Self.schema)))
        let arguments = try Self.value(#"{"region":"é","deep":{"count":42.0},"on":null}"#)
        let headers = parameters.headers(for: arguments)
        #expect(headers.map(\.name) == ["Region", "Count"])
        #expect(
            headers.map { String(decoding: $0.value, as: UTF8.self) } == ["=?base64?w6k=?=", "42"])
        #expect(parameters.headers(for: nil).isEmpty)
    }

    @Test("more marks than a request has room for are refused, and at once")
    func many() throws {
        func tool(_ count: Int) -> [UInt8] {
            let properties = (0..<count).map {
                #""p\#($0)":{"type":"string","x-mcp-header":"H\#($0)"}"#
            }
            return Self.tool(#"{"properties":{\#(properties.joined(separator: ","))}}"#)
        }
        #expect(try HeaderParameters(tool: tool(64)) != nil)
        for count in [65, 20_000] {
            #expect(throws: HeaderParameters.Fault.self) { try HeaderParameters(tool: tool(count)) }
        }
    }

    @Test("headers that say the same are in order, numbers compared as numbers")
    func same() throws {
        let parameters = try #require(try HeaderParameters(tool: Self.tool(Self.schema)))
        let arguments = try Self.value(#"{"region":"eu","deep":{"count":42},"on":true}"#)
        let said = ["Mcp-Param-Region": "eu", "Mcp-Param-Count": "42.0", "Mcp-Param-On": "true"]
        #expect(
            parameters.mismatch(with: arguments) { said[$0].map { [Array($0.utf8)] } ?? [] } == nil)
    }

    @Test(
        "a header that is missing, repeated, wrong or too much is named",
        arguments: [
            [:], ["Mcp-Param-Region": ["us"]], ["Mcp-Param-Region": ["eu", "eu"]],
            ["Mcp-Param-Region": ["=?base64?*?="]],
        ])
    func mismatch(said: [String: [String]]) throws {
        let parameters = try #require(try HeaderParameters(tool: Self.tool(Self.schema)))
        let arguments = try Self.value(#"{"region":"eu"}"#)
        let wrong = parameters.mismatch(with: arguments) { (said[$0] ?? []).map { Array($0.utf8) } }
        #expect(wrong == "Mcp-Param-Region")
        let extra = parameters.mismatch(with: try Self.value("{}")) {
            $0 == "Mcp-Param-On" ? [Array("true".utf8)] : []
        }
        #expect(extra == "Mcp-Param-On")
    }

    @Test(
        "a mark that cannot be followed is a fault",
        arguments: [
            #"{"properties":{"a":{"type":"string","x-mcp-header":""}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":"a b"}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":1}}}"#,
            #"{"properties":{"a":{"type":"number","x-mcp-header":"A"}}}"#,
            #"{"properties":{"a":{"x-mcp-header":"A"}}}"#,
            #"{"properties":{"a":{"type":"string","x-mcp-header":"A"},"#
                + #""b":{"type":"string","x-mcp-header":"a"}}}"#,
            #"{"properties":{"a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}}}}"#,
            #"{"anyOf":[{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}]}"#,
            #"{"type":"object","x-mcp-header":"A"}"#,
            #"{"properties":{"a":{"type":["string"],"x-mcp-header":"A"}}}"#,
            #"{"$defs":{"a":{"type":"string","x-mcp-header":"A"}}}"#,
        ])
    func faults(schema: String) {
        #expect(throws: HeaderParameters.Fault.self) {
            try HeaderParameters(tool: Self.tool(schema))
        }
    }
}
