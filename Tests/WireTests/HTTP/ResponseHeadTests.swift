import Testing
import Wire

@Suite("ResponseHead")
struct ResponseHeadTests {
    private func written(
        _ head: ResponseHead, _ framing: ResponseFraming, keepsAlive: Bool = true,
        minorVersion: Int = 1
    ) -> String {
        var bytes = utf8("before ")
        head.append(framing, keepsAlive: keepsAlive, minorVersion: minorVersion, to: &bytes)
        return text(bytes.dropFirst(7))
    }

    private func request(_ version: Int) -> RequestHead? {
        var parser = RequestParser()
        var at = 0
        let bytes = utf8("GET / HTTP/1.\(version)\r\nHost: a\r\n\r\n")
        guard case .head(let head) = parser.next(bytes.span, from: &at) else { return nil }
        return head
    }

    @Test("a head is its status, its fields and what says where the body ends")
    func framings() {
        let head = ResponseHead(.ok, [.contentType: "text/plain", "X-A": "b"])
        let start = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-A: b\r\n"
        #expect(written(head, .length(12)) == start + "Content-Length: 12\r\n\r\n")
        #expect(written(head, .chunked) == start + "Transfer-Encoding: chunked\r\n\r\n")
        #expect(written(head, .untilClose) == start + "Connection: close\r\n\r\n")
        #expect(written(head, .none) == start + "\r\n")
    }

    @Test("each version is told what it would not assume of the connection")
    func connection() {
        let head = ResponseHead(.accepted)
        let start = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n"
        #expect(written(head, .length(0), keepsAlive: false) == start + "Connection: close\r\n\r\n")
        #expect(
            written(head, .length(0), minorVersion: 0) == start + "Connection: keep-alive\r\n\r\n")
    }

    @Test("a caller's fields cannot contradict the framing")
    func contradiction() {
        let head = ResponseHead(
            Status(599),
            [
                .contentLength: "7", .transferEncoding: "x", .connection: "y", "Keep-Alive": "z",
                "upgrade": "h2c",
            ])
        #expect(written(head, .length(1)) == "HTTP/1.1 599 \r\nContent-Length: 1\r\n\r\n")
    }

    @Test("an answer without a length is in chunks, or ends with an old client's connection")
    func answering() throws {
        let (old, new) = (try #require(request(0)), try #require(request(1)))
        #expect(ResponseFraming(answering: new, .ok, length: 3) == .length(3))
        #expect(ResponseFraming(answering: new, .ok, length: nil) == .chunked)
        #expect(ResponseFraming(answering: old, .ok, length: nil) == .untilClose)
        #expect(ResponseFraming(answering: old, .ok, length: 0) == .length(0))
        for status in [Status(100), .noContent, Status(304)] {
            #expect(ResponseFraming(answering: new, status, length: 0) == .none)
        }
    }

    @Test("chunks are read as they were written, and an empty one is left out")
    func chunks() {
        var body: [UInt8] = []
        for size in [0, 1, 15, 16, 4096, 70_000] {
            Chunk.append(to: &body) { $0 += [UInt8](repeating: 0x78, count: size) }
        }
        Chunk.appendLast(to: &body)
        let stream = utf8("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n") + body
        let found = outcomes(of: [stream[...]])
        #expect(found.map { $0.body?.utf8.count } == [74_128])
    }
}
