import Testing
import Wire

/// What one reader takes for one request and another for two; here there is one reading or none.
@Suite("Smuggling")
struct SmugglingTests {
    private static let hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let post = "POST / HTTP/1.1\r\nHost: a\r\n"

    @Test(
        "the end of a body is found in one way, or the request is refused",
        arguments: [
            // Content-Length against Transfer-Encoding, in both orders and spellings.
            (
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                Refusal.lengthAndCoding
            ),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", .lengthAndCoding),
            ("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", .lengthAndCoding),
            ("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", .spaceBeforeColon),
            ("Transfer-Encoding\r\n: chunked\r\n\r\n0\r\n\r\n", .fieldName),
            ("Transfer-Encoding:\u{B}chunked\r\n\r\n0\r\n\r\n", .control),
            ("Transfer-Encoding: x\r\n chunked\r\n\r\n0\r\n\r\n", .folding),
            ("X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .folding),
            ("X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .bareFeed),
            ("X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .bareReturn),
            (
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
                .codingMalformed
            ),
            (
                "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                .codingMalformed
            ),
            ("Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", .codingMalformed),
            ("Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", .codingUnknown),
            // Two lengths.
            ("Content-Length: 0\r\nContent-Length: 44\r\n\r\n", .lengthRepeated),
            ("Content-Length: 0,44\r\n\r\n", .lengthMalformed),
            ("Content-Length: 0\u{A0}\r\n\r\n", .lengthMalformed),
            ("Content-Length : 44\r\n\r\n", .spaceBeforeColon),
            ("Content\0-Length: 44\r\n\r\n", .control),
            // The sizes of chunks.
            ("Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n", .chunkSize),
            ("Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n", .chunkSize),
            ("Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", .chunkSize),
            ("Transfer-Encoding: chunked\r\n\r\n 0\r\n\r\n", .chunkSize),
            ("Transfer-Encoding: chunked\r\n\r\n0 \r\n\r\n", .chunkSize),
            ("Transfer-Encoding: chunked\r\n\r\n0_0\r\n\r\n", .chunkSize),
            ("Transfer-Encoding: chunked\r\n\r\n\r\n0\r\n\r\n", .chunkSize),
            ("Transfer-Encoding: chunked\r\n\r\n;x\r\n0\r\n\r\n", .chunkSize),
            ("Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", .chunkTooLarge),
            ("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", .chunkTooLarge),
            ("Transfer-Encoding: chunked\r\n\r\n00000000000000001\r\nx\r\n", .chunkTooLarge),
            // Their line ends.
            ("Transfer-Encoding: chunked\r\n\r\n0\n\r\n", .bareFeed),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\r\n", .bareReturn),
            ("Transfer-Encoding: chunked\r\n\r\n1\r\nx\n0\r\n\r\n", .chunkEnd),
            ("Transfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n", .chunkEnd),
            ("Transfer-Encoding: chunked\r\n\r\n1\r\nx0\r\n\r\n", .chunkEnd),
            ("Transfer-Encoding: chunked\r\n\r\n1\r\nx\rx", .chunkEnd),
            ("Transfer-Encoding: chunked\r\n\r\n1;x\ny\r\nx\r\n0\r\n\r\n", .bareFeed),
            ("Transfer-Encoding: chunked\r\n\r\n1;\0\r\nx\r\n0\r\n\r\n", .chunkExtension),
            // Trailers.
            ("Transfer-Encoding: chunked\r\n\r\n0\r\n\n", .bareFeed),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\n\r\n", .bareFeed),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\nA b\r\n\r\n", .spaceBeforeColon),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\r\n\r\n", .folding),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\0\r\n\r\n", .control),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\n: b\r\n\r\n", .fieldName),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\rC\r\n\r\n", .bareReturn),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\n\rX", .bareReturn),
        ])
    func refused(_ rest: String, _ refusal: Refusal) {
        #expect(outcomes(of: Self.post + rest + Self.hidden).last == .refused(refusal))
        #expect(!outcomes(of: Self.post + rest + Self.hidden).contains { $0.line != nil })
    }

    @Test("what a body holds is no request, however much it looks like one")
    func inside() {
        let size = String(Self.hidden.utf8.count, radix: 16)
        let bodies = [
            "Content-Length: \(Self.hidden.utf8.count)\r\n\r\n\(Self.hidden)",
            "Transfer-Encoding: CHUNKED\r\n\r\n\(size)\r\n\(Self.hidden)\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked \r\n\r\n\(size);a=\"0\";b\r\n\(Self.hidden)\r\n000\r\n\r\n",
        ]
        for body in bodies {
            let found = outcomes(of: Self.post + body)
            #expect(found.map(\.line) == ["POST / 1.1"])
            #expect(found.map(\.body) == [Self.hidden])
        }
    }

    @Test("trailers are dropped: they cannot change what the request means")
    func trailers() {
        let found = outcomes(
            of: Self.post
                + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nContent-Length: 99\r\n"
                + "Host: b\r\nTransfer-Encoding:gzip\r\n\r\n" + Self.hidden)
        #expect(
            found.first
                == .request(
                    line: "POST / 1.1", fields: ["Host: a", "Transfer-Encoding: chunked"],
                    body: "x"))
        #expect(found.map(\.line) == ["POST / 1.1", "GET /hidden 1.1"])
    }
}
