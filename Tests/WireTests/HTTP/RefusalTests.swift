import Testing
import Wire

@Suite("Refusals")
struct RefusalTests {
    /// A request line, fields without their line ends, and why they are refused.
    private static let heads: [(String, [String], Refusal)] = [
        ("GET", ["Host: a"], .requestLine),
        ("GET /", ["Host: a"], .requestLine),
        ("GET  / HTTP/1.1", ["Host: a"], .requestLine),
        ("GET /  HTTP/1.1", ["Host: a"], .requestLine),
        (" GET / HTTP/1.1", ["Host: a"], .requestLine),
        ("GET\t/ HTTP/1.1", ["Host: a"], .requestLine),
        ("GET /\t HTTP/1.1", ["Host: a"], .target),
        ("GET / HTTP/1.1 ", ["Host: a"], .requestLine),
        ("GET / HTTP/1.1x", ["Host: a"], .requestLine),
        ("GET / http/1.1", ["Host: a"], .requestLine),
        ("GET / HTTP/11", ["Host: a"], .requestLine),
        ("GET / HTTP/1.", ["Host: a"], .requestLine),
        ("GET / HTTP/+.1", ["Host: a"], .requestLine),
        ("G(T / HTTP/1.1", ["Host: a"], .requestLine),
        ("GET: / HTTP/1.1", ["Host: a"], .requestLine),
        ("GET / HTTP/1.2", ["Host: a"], .version),
        ("GET / HTTP/2.0", ["Host: a"], .version),
        ("PRI * HTTP/2.0", [], .version),
        ("GET / HTTP/0.9", ["Host: a"], .version),
        ("GET /#x HTTP/1.1", ["Host: a"], .target),
        ("GET /é HTTP/1.1", ["Host: a"], .target),
        ("GET a HTTP/1.1", ["Host: a"], .target),
        ("GET * HTTP/1.1", ["Host: a"], .target),
        ("GET a:80 HTTP/1.1", ["Host: a"], .target),
        ("OPTIONS ** HTTP/1.1", ["Host: a"], .target),
        ("GET ftp://a/ HTTP/1.1", ["Host: a"], .target),
        ("GET http:///x HTTP/1.1", ["Host: a"], .target),
        ("GET http://u@a/ HTTP/1.1", ["Host: a"], .target),
        ("GET http://a:99999/ HTTP/1.1", ["Host: a"], .target),
        ("GET http://b/ HTTP/1.1", ["Host: a"], .authorityMismatch),
        ("GET http://a:80/ HTTP/1.1", ["Host: a"], .authorityMismatch),
        ("CONNECT a:80 HTTP/1.1", ["Host: a"], .tunnel),
        ("GET / HTTP/1.1", [], .hostMissing),
        ("GET / HTTP/1.1", ["Hosts: a"], .hostMissing),
        ("GET / HTTP/1.1", ["Host: a", "Host: a"], .hostRepeated),
        ("GET / HTTP/1.0", ["Host: a", "host: b"], .hostRepeated),
        ("GET / HTTP/1.1", ["Host:"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: a, b"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: a/b"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: u@a"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: a:"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: a:+80"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: a:65536"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: [::1"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: []"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: [::1]x"], .hostMalformed),
        ("GET / HTTP/1.1", ["Host: a", "Content-Length"], .fieldName),
        ("GET / HTTP/1.1", ["Host: a", ": x"], .fieldName),
        ("GET / HTTP/1.1", ["Host: a", "a(b: x"], .fieldName),
        ("GET / HTTP/1.1", ["Host: a", "é: x"], .fieldName),
        ("GET / HTTP/1.1", ["Host: a", "A : x"], .spaceBeforeColon),
        ("GET / HTTP/1.1", ["Host: a", "A\t: x"], .spaceBeforeColon),
        ("GET / HTTP/1.1", ["Host: a", " folded"], .folding),
        ("GET / HTTP/1.1", ["Host: a", "\tfolded: x"], .folding),
        ("GET / HTTP/1.1", [" Host: a"], .folding),
        (
            "POST / HTTP/1.1", ["Host: a", "Content-Length: 1", "Content-Length: 1"],
            .lengthRepeated
        ),
        (
            "POST / HTTP/1.1", ["Host: a", "Content-Length: 1", "content-length: 2"],
            .lengthRepeated
        ),
        ("POST / HTTP/1.1", ["Host: a", "Content-Length: 1, 1"], .lengthMalformed),
        ("POST / HTTP/1.1", ["Host: a", "Content-Length: +1"], .lengthMalformed),
        ("POST / HTTP/1.1", ["Host: a", "Content-Length: -1"], .lengthMalformed),
        ("POST / HTTP/1.1", ["Host: a", "Content-Length: 0x1"], .lengthMalformed),
        ("POST / HTTP/1.1", ["Host: a", "Content-Length: 1 2"], .lengthMalformed),
        ("POST / HTTP/1.1", ["Host: a", "Content-Length: 1_0"], .lengthMalformed),
        ("POST / HTTP/1.1", ["Host: a", "Content-Length: ١"], .lengthMalformed),
        ("POST / HTTP/1.1", ["Host: a", "Content-Length:"], .lengthMalformed),
        (
            "POST / HTTP/1.1", ["Host: a", "Content-Length: 18446744073709551617"],
            .lengthMalformed
        ),
        (
            "POST / HTTP/1.1", ["Host: a", "Content-Length: 1", "Transfer-Encoding: chunked"],
            .lengthAndCoding
        ),
        (
            "POST / HTTP/1.1", ["Host: a", "Transfer-Encoding: identity", "Content-Length: 1"],
            .lengthAndCoding
        ),
        ("POST / HTTP/1.0", ["Transfer-Encoding: chunked"], .codingOfOldVersion),
        ("POST / HTTP/1.1", ["Host: a", "Transfer-Encoding: gzip"], .codingUnknown),
        ("POST / HTTP/1.1", ["Host: a", "Transfer-Encoding: gzip, chunked"], .codingUnknown),
        ("POST / HTTP/1.1", ["Host: a", "Transfer-Encoding: identity"], .codingUnknown),
        ("POST / HTTP/1.1", ["Host: a", "Transfer-Encoding: xchunked"], .codingUnknown),
        ("POST / HTTP/1.1", ["Host: a", "Transfer-Encoding: chunked;q=1"], .codingUnknown),
        ("POST / HTTP/1.1", ["Host: a", "Transfer-Encoding: \"chunked\""], .codingUnknown),
        ("POST / HTTP/1.1", ["Host: a", "Transfer-Encoding: chunked, gzip"], .codingMalformed),
        ("POST / HTTP/1.1", ["Host: a", "Transfer-Encoding: chunked, chunked"], .codingMalformed),
        ("POST / HTTP/1.1", ["Host: a", "Transfer-Encoding:"], .codingMalformed),
        (
            "POST / HTTP/1.1",
            ["Host: a", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
            .codingMalformed
        ),
        (
            "POST / HTTP/1.1",
            ["Host: a", "Transfer-Encoding: gzip", "Transfer-Encoding: chunked"],
            .codingMalformed
        ),
        ("POST / HTTP/1.1", ["Host: a", "Expect: 200-ok"], .expectation),
        ("POST / HTTP/1.1", ["Host: a", "Expect: 100-continue, x"], .expectation),
        ("POST / HTTP/1.1", ["Host: a", "Expect:"], .expectation),
    ]

    @Test("a head that can be understood in two ways, or in none, is refused", arguments: heads)
    func head(_ line: String, _ fields: [String], _ refusal: Refusal) {
        let stream = ([line] + fields + ["", ""]).joined(separator: "\r\n")
        #expect(outcomes(of: stream) == [.refused(refusal)])
    }

    @Test(
        "line ends are a carriage return and a line feed, and control characters stand nowhere",
        arguments: [
            ("GET / HTTP/1.1\nHost: a\r\n\r\n", Refusal.bareFeed),
            ("GET / HTTP/1.1\r\nHost: a\n\r\n", .bareFeed),
            ("GET / HTTP/1.1\r\nHost: a\r\n\n", .bareFeed),
            ("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .bareFeed),
            ("GET / HTTP/1.1\rHost: a\r\n\r\n", .bareReturn),
            ("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", .bareReturn),
            ("GET / HTTP/1.1\r\nX: b\rHost: a\r\n\r\n", .bareReturn),
            ("GET / HTTP/1.1\r\nHost: a\r\n\rX", .bareReturn),
            ("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", .control),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", .control),
            ("GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n", .control),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{B}b\r\n\r\n", .control),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{7F}b\r\n\r\n", .control),
            ("\u{16}\u{3}\u{1}", .control),
        ])
    func lineEnds(_ stream: String, _ refusal: Refusal) {
        #expect(outcomes(of: stream) == [.refused(refusal)])
    }

    @Test(
        "hosts are names and addresses, with a port or without",
        arguments: [
            "a", "a.example.com", "a_b", "xn--a", "127.0.0.1:8080", "[::1]", "[::ffff:1.2.3.4]:0",
            "a:65535",
            "%41",
        ])
    func hosts(_ host: String) {
        let found = outcomes(of: "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(found.map(\.line) == ["GET / 1.1"])
    }

    @Test("every refusal has a status of the client's or the server's, and a sentence of its own")
    func sentences() {
        let sentences = Set(Refusal.allCases.map(\.sentence))
        #expect(sentences.count == Refusal.allCases.count)
        for refusal in Refusal.allCases {
            #expect(refusal.status.code >= 400)
            #expect(!refusal.status.phrase.isEmpty)
        }
        let others: [Refusal: Int] = [
            .methodTooLong: 501, .tunnel: 501, .codingUnknown: 501, .targetTooLong: 414,
            .version: 505, .headTooLarge: 431, .tooManyFields: 431, .nameTooLong: 431,
            .valueTooLong: 431, .trailersTooLarge: 431, .expectation: 417, .bodyTooLarge: 413,
        ]
        for refusal in Refusal.allCases {
            #expect(refusal.status.code == others[refusal] ?? 400)
        }
    }

    @Test("after a refusal nothing is read any more")
    func final() {
        let good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(outcomes(of: "BAD\r\n" + good + good) == [.refused(.requestLine)])
    }
}
