import Aggregator
import Testing
import Upstreams
import Wire

@Suite struct HTTPPartsTests {
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
