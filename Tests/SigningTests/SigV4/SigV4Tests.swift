import Machine
import Testing
import Wire

@testable import Signing

@Suite struct SigV4Tests {
    private static let credentials = AWSCredentials(
        accessKeyId: "AKIDEXAMPLE0000000AA",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        sessionToken: "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ==",
        source: "a test")
    private static let url =
        "https://bedrock-agentcore.us-west-2.amazonaws.com/runtimes/arn%3Aaws%3Abedrock-agentcore"
        + "%3Aus-west-2%3A123456789012%3Aruntime%2Fmy_agent-AbCdEfGhIj/invocations"
    private static let body = Array(
        (#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","#
            + #""capabilities":{},"clientInfo":{"name":"t","version":"0"}}}"#).utf8)
    private static let terms = SigV4(
        date: "20260115T123456Z", region: "us-west-2", service: "bedrock-agentcore")

    private func request(
        _ query: String = "", _ fields: [(name: String, value: String)] = []
    ) -> HTTPClientRequest {
        let usual = [
            (name: "content-type", value: "application/json"),
            (name: "accept", value: "application/json, text/event-stream"),
        ]
        return HTTPClientRequest("POST", Self.url + query, fields: usual + fields, body: Self.body)
    }

    @Test("an encoded ARN in the path is encoded once more, and the signature is botocore's")
    func arn() throws {
        var credentials = Self.credentials
        credentials.sessionToken = nil
        var request = request("?qualifier=DEFAULT")
        try request.sign(Self.terms, credentials)
        #expect(
            request["Authorization"]
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE0000000AA/20260115/us-west-2/"
                + "bedrock-agentcore/aws4_request, SignedHeaders=accept;content-type;host;"
                + "x-amz-date, Signature="
                + "b6638f2e25f35dad69d7a3858d480ccc4727e15d556707b0f532408d99e410a2")
        #expect(request["X-Amz-Security-Token"] == nil)
        #expect(request["Host"] == "bedrock-agentcore.us-west-2.amazonaws.com")
    }

    @Test("what proxies rewrite and what traces a request is not signed")
    func unstable() throws {
        var request = request(
            "?qualifier=DEFAULT",
            [
                ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                ("baggage", "session.id=abc"), ("x-amzn-trace-id", "Root=1-67891233-abcdef0123"),
                ("user-agent", "manifold"), ("X-Api-Key", "k"),
            ])
        try request.sign(Self.terms, Self.credentials)
        #expect(
            request["Authorization"]?.hasSuffix(
                "SignedHeaders=accept;content-type;host;x-amz-date;x-amz-security-token, Signature="
                    + "604d888519b76164c11e5139b6c318daa1840e3e600e16565d287e4316e57b3a") == true)
    }

    @Test("the headers that the environment-only mode signs are those of mcp-agentcore-proxy")
    func compatible() throws {
        var request = request(
            "",
            [
                ("X-Amzn-Bedrock-AgentCore-Runtime-Session-Id", "s"), ("Mcp-Session-Id", "mcp-s"),
                ("User-Agent", "manifold"),
            ])
        try request.sign(Self.terms, Self.credentials)
        let claim = try #require(request["Authorization"].flatMap(SignatureClaim.init))
        #expect(
            claim.signedHeaders.joined(separator: ";")
                == "accept;content-type;host;mcp-session-id;x-amz-date;x-amz-security-token;"
                + "x-amzn-bedrock-agentcore-runtime-session-id")
    }

    @Test("signing twice is signing once, with what is valid now")
    func twice() throws {
        var once = request()
        try once.sign(Self.terms, Self.credentials)
        var twice = request()
        var old = Self.credentials
        old.sessionToken = "old"
        try twice.sign(SigV4(date: "20200101T000000Z", region: "r", service: "s"), old)
        try twice.sign(Self.terms, Self.credentials)
        #expect(twice.fields.map(\.value) == once.fields.map(\.value))
    }

    @Test(
        "a path is signed without dots and doubled slashes",
        arguments: [
            ("/", "/"), ("/a/./b", "/a/b"), ("/a/../b/", "/b/"), ("//a//", "/a/"), ("/..", "/"),
            ("/a%2Fb", "/a%252Fb"), ("/a b~*", "/a%20b~%2A"), ("/a/..", "/"),
        ])
    func paths(path: String, canonical: String) {
        let request = CanonicalRequest(method: "get", target: path, fields: [], body: [])
        #expect(request.path == canonical)
        #expect(request.method == "GET")
    }

    @Test(
        "parameters are sorted and stay as they are",
        arguments: [
            ("/", ""), ("/?", ""), ("/?b&a=1", "a=1&b="), ("/?a=2&a=1&B=%2F", "B=%2F&a=1&a=2"),
            ("/?a=b=c", "a=b=c"), ("/?x=?&", "=&x=?"),
        ])
    func queries(target: String, canonical: String) {
        #expect(
            CanonicalRequest(method: "GET", target: target, fields: [], body: []).query
                == canonical)
    }

    @Test(
        "the path that is signed is the one that is sent",
        arguments: [
            ("https://h.example", "/", "h.example"), ("https://h.example?a=1", "/", "h.example"),
            ("http://127.0.0.1:8080/a%3Ab?x#f", "/a%253Ab", "127.0.0.1:8080"),
            ("https://H.example:443/a", "/a", "h.example"), ("http://[::1]:80/", "/", "[::1]"),
        ])
    func targets(url: String, path: String, host: String) throws {
        var request = HTTPClientRequest("GET", url)
        try request.sign(Self.terms, Self.credentials)
        let claim = try #require(request["Authorization"].flatMap(SignatureClaim.init))
        let query = url.split(separator: "?").dropFirst().first?.prefix { $0 != "#" } ?? ""
        let target = path.replacing("%25", with: "%") + (query.isEmpty ? "" : "?\(query)")
        #expect(request["Host"] == host)
        #expect(
            claim.holds(
                method: "GET", target: target, fields: request.fields, body: [],
                secretAccessKey: Self.credentials.secretAccessKey))
    }

    @Test("a claim holds for the request that was signed, and for no other")
    func claims() throws {
        var request = request("?qualifier=DEFAULT", [("Mcp-Session-Id", "s")])
        try request.sign(Self.terms, Self.credentials)
        let target = String((Self.url + "?qualifier=DEFAULT").dropFirst(49))
        let claim = try #require(request["Authorization"].flatMap(SignatureClaim.init))
        #expect(claim.accessKeyId == "AKIDEXAMPLE0000000AA")
        #expect(claim.region == "us-west-2" && claim.service == "bedrock-agentcore")
        func holds(
            _ method: String = "POST", _ target: String = target, _ name: String = "",
            _ value: String = "", body: [UInt8] = body, secret: String = secret
        ) -> Bool {
            var changed = request
            if !name.isEmpty { changed.set(name, value) }
            return claim.holds(
                method: method, target: target, fields: changed.fields, body: body,
                secretAccessKey: secret)
        }
        let secret = Self.credentials.secretAccessKey
        let body = Self.body
        #expect(holds())
        #expect(holds("POST", target, "User-Agent", "a proxy"))
        #expect(!holds("PUT"))
        #expect(!holds("POST", target + "&a=b"))
        #expect(!holds("POST", target, "Mcp-Session-Id", "t"))
        #expect(!holds("POST", target, "X-Amz-Date", "20260116T123456Z"))
        #expect(!holds(body: body + [0x20]))
        #expect(!holds(secret: "another"))
    }

    @Test(
        "what is no claim is none",
        arguments: [
            "", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request",
            "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=0",
            "AWS4-HMAC-SHA256 nothing",
        ])
    func noClaims(text: String) {
        #expect(SignatureClaim(text) == nil)
    }

    @Test("printing credentials shows no secret")
    func printing() {
        var text = "\(Self.credentials) \(String(reflecting: Self.credentials))"
        dump(Self.credentials, to: &text)
        #expect(text.contains("AKIDEXAMPLE0000000AA"))
        #expect(!text.contains("wJalr") && !text.contains("IQoJ"))
    }
}
