import Aggregator
import Testing
import Wire

@testable import Fronts

@Suite struct GuardsTests {
    private static func status(
        _ lines: [String], _ configure: (inout Configuration.Inbound) -> Void = { _ in }
    ) throws -> Int {
        var inbound = Configuration.Inbound()
        configure(&inbound)
        let head = try Request.head(lines)
        do throws(Guards.Refusal) {
            _ = try Guards(inbound).admit(head)
            return 200
        } catch {
            return error.status.code
        }
    }

    @Test(
        "this machine's names get in, however they are written",
        arguments: ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "[::1]"])
    func loopback(host: String) throws {
        #expect(try Self.status(["Host: \(host)"]) == 200)
    }

    @Test(
        "a page that has another name point to this machine is refused",
        arguments: ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1"])
    func rebinding(host: String) throws {
        #expect(try Self.status(["Host: \(host)"]) == 421)
        #expect(try Self.status(["Host: localhost", "Origin: http://\(host)"]) == 403)
    }

    @Test("origins of this machine and those that are listed get in, null and others do not")
    func origins() throws {
        let host = "Host: localhost"
        for origin in ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:1"] {
            #expect(try Self.status([host, "Origin: \(origin)"]) == 200)
        }
        #expect(try Self.status([host, "Origin: null"]) == 403)
        #expect(try Self.status([host, "Origin: https://a.example", "Origin: http://x"]) == 403)
        #expect(
            try Self.status([host, "Origin: https://A.example"]) {
                $0.origins = ["https://a.example"]
            }
                == 200)
    }

    @Test("names that are listed get in, with or without their port")
    func hosts() throws {
        #expect(try Self.status(["Host: m.example:8000"]) { $0.hosts = ["m.example"] } == 200)
        #expect(try Self.status(["Host: m.example:8000"]) { $0.hosts = ["m.example:8000"] } == 200)
        #expect(try Self.status(["Host: m.example:1"]) { $0.hosts = ["m.example:8000"] } == 421)
    }

    @Test("who brings another token is told so, and who brings none is told that one is needed")
    func challenges() throws {
        var inbound = Configuration.Inbound()
        inbound.bearer = "s3cret"
        func refusal(_ lines: [String]) throws -> Guards.Refusal? {
            let head = try Request.head(["Host: any.example"] + lines)
            return #expect(throws: Guards.Refusal.self) { try Guards(inbound).admit(head) }
        }
        let missing = try refusal([])
        #expect(missing?.reason == "A bearer token is needed ('inbound.bearer').")
        #expect(missing?.fields[.wwwAuthenticate]?.text == #"Bearer realm="manifold""#)
        let wrong = try refusal(["Authorization: Bearer other"])
        #expect(
            wrong?.reason == "The bearer token is not the one that is wanted ('inbound.bearer').")
        #expect(
            wrong?.fields[.wwwAuthenticate]?.text
                == #"Bearer realm="manifold", error="invalid_token""#)
    }

    @Test("who has shown a certificate may call us by any name, unless names are listed")
    func certificates() throws {
        var inbound = Configuration.Inbound()
        let head = try Request.head(["Host: any.example"])
        let guards = Guards(inbound, areClientsCertified: true)
        #expect(try guards.admit(head).name == "certificate")
        inbound.hosts = ["m.example"]
        #expect(throws: Guards.Refusal.self) {
            try Guards(inbound, areClientsCertified: true).admit(head)
        }
        inbound = .init()
        inbound.bearer = "s3cret"
        #expect(throws: Guards.Refusal.self) {
            try Guards(inbound, areClientsCertified: true).admit(head)
        }
    }

    @Test("with a token, exactly that token gets in")
    func bearer() throws {
        func status(_ line: String?) throws -> Int {
            try Self.status(["Host: any.example"] + (line.map { [$0] } ?? [])) {
                $0.bearer = "s3cret"
            }
        }
        #expect(try status("Authorization: Bearer s3cret") == 200)
        #expect(try status("Authorization: bearer s3cret") == 200)
        for wrong in [
            "Bearer s3cre", "Bearer s3cret1", "Bearer ", "Basic s3cret", "Bearer  s3cret",
        ] {
            #expect(try status("Authorization: \(wrong)") == 401)
        }
        #expect(try status(nil) == 401)
    }
}

/// Makes the heads of requests out of their lines.
enum Request {
    /// The head of a POST with these fields.
    static func head(_ lines: [String]) throws -> RequestHead {
        let text = "POST /mcp HTTP/1.1\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
        var parser = RequestParser()
        let bytes = Array(text.utf8)
        var at = 0
        while let event = parser.next(bytes.span, from: &at) {
            if case .head(let head) = event { return head }
        }
        throw NoHead()
    }

    struct NoHead: Error {}
}
