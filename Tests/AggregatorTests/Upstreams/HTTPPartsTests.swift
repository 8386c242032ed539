import Aggregator
import Testing
import Upstreams
import Wire

@Suite struct HTTPPartsTests {
    @Test(
        "what a header cannot carry is encoded, and only that",
        arguments: [
            ("search", "search"), ("a b", "a b"), ("", ""), ("é", "=?base64?w6k=?="),
            (" a", "=?base64?IGE=?="), ("a ", "=?base64?YSA=?="), ("a\n", "=?base64?YQo=?="),
            ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="), ("=?base64?x", "=?base64?x"),
        ])
    func encoding(text: String, header: String) {
        #expect(HeaderText.encode(Array(text.utf8)) == header)
    }

    @Test("arguments are repeated as they are written; what is missing or null is not")
    func arguments() throws {
        let tool = try Value(
            validating: Array(
                #"""
                {"name":"t","inputSchema":{"properties":{"s":{"type":"string","x-mcp-header":"S"},
                "i":{"type":"integer","x-mcp-header":"I"},"b":{"type":"boolean","x-mcp-header":"B"},
                "n":{"type":"string","x-mcp-header":"N"},"m":{"type":"string","x-mcp-header":"M"},
                "o":{"properties":{"x":{"type":"string","x-mcp-header":"X"}}}}}}
                """#.utf8))
        let arguments = try Value(
            validating: Array(#"{"s":"é","i":42,"b":false,"n":null,"o":{"x":"y"}}"#.utf8))
        let fields = HeaderText.fields(try HeaderParameters(tool: tool), arguments)
        #expect(
            fields.map { "\($0.name): \($0.value)" } == [
                "Mcp-Param-S: =?base64?w6k=?=", "Mcp-Param-I: 42", "Mcp-Param-B: false",
                "Mcp-Param-X: y",
            ])
    }

    @Test("an entry for HTTP is read with all its parts")
    func settings() throws {
        let text = """
            upstreams:
              docs:
                era: modern
                http:
                  url: https://${env:HOST}/mcp
                  headers: { Authorization: "Bearer ${env:TOKEN}", X-Key: k }
                  ca: /etc/ca.pem
                  proxy: ""
                  transport: sse
                  auth:
                    oauth: { tokenUrl: https://login/x, clientId: c, clientSecret: "${env:TOKEN}", scopes: [a] }
            """
        let upstream = try #require(
            try read(text, environment: ["HOST": "h", "TOKEN": "t"]).upstreams.first)
        let settings = try #require(upstream.settings as? HTTPSettings)
        #expect(upstream.era == .modern && settings.url.value == "https://h/mcp")
        #expect(settings.headers.map(\.value.value) == ["Bearer t", "k"])
        #expect(settings.headers.map(\.value.written) == ["Bearer ${env:TOKEN}", "k"])
        #expect(settings.transport == .sse && settings.proxy == "" && settings.ca == "/etc/ca.pem")
        #expect(settings.auth.oauth?.clientSecret.value == "t")
    }

    @Test(
        "what cannot be reached or sent is an error of the file",
        arguments: [
            "{ url: example.com }", "{ url: \"ftp://x\" }", "{ url: \"http://u:p@x/\" }", "{}",
            "{ url: \"http://x\", headers: { \"A b\": c } }",
            "{ url: \"http://x\", headers: { Mcp-Session-Id: c } }",
            "{ url: \"http://x\", auth: { oauth: { clientId: c } } }",
            "{ url: \"http://x\", transport: carrier-pigeon }",
        ])
    func mistakes(entry: String) {
        #expect(throws: (any Error).self) { try read("upstreams: { a: { http: \(entry) } }") }
    }
}
