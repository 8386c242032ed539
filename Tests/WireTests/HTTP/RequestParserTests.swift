import Testing
import Wire

@Suite("RequestParser")
struct RequestParserTests {
    @Test("a request is its line, its fields in order and spelling, and its body")
    func whole() {
        let stream =
            "POST /mcp?a=%2F&b HTTP/1.1\r\nhOst: x.example:8080\r\nX-Odd_~:  a\tb  \r\n"
            + "Accept:text/event-stream\r\nx-odd_~:\r\nContent-Length: 5\r\n\r\nhello"
        #expect(
            outcomes(of: stream) == [
                .request(
                    line: "POST /mcp?a=%2F&b 1.1",
                    fields: [
                        "hOst: x.example:8080", "X-Odd_~: a\tb", "Accept: text/event-stream",
                        "x-odd_~: ", "Content-Length: 5",
                    ], body: "hello")
            ])
    }

    @Test("the bytes behind a request stay for the next one")
    func pipelined() {
        let stream =
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
            + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n"
            + "GET /4 HTTP/1.1\r\nHost: a\r\n\r\nGET /5 HTTP/1.1\r\n"
        let found = outcomes(of: stream)
        #expect(found.map(\.line) == ["GET /1 1.1", "POST /2 1.1", "POST /3 1.1", "GET /4 1.1"])
        #expect(found.map(\.body) == ["", "ab", "c", ""])
    }

    @Test("nothing behind the end of a request is read before it is asked for")
    func stops() {
        let bytes = utf8("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        var parser = RequestParser()
        var at = 0
        #expect(parser.isBetweenRequests)
        _ = parser.next(bytes.span, from: &at)
        #expect(at == 27)
        #expect(parser.isInBody)
        guard case .end = parser.next(bytes.span, from: &at) else {
            Issue.record("not the end")
            return
        }
        #expect(at == 27)
        #expect(parser.isBetweenRequests)
    }

    @Test("one empty line before a request is overlooked, and no second one")
    func emptyLine() {
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(outcomes(of: "\r\n" + request).map(\.line) == ["GET / 1.1"])
        #expect(outcomes(of: request + "\r\n" + request).count == 2)
        #expect(outcomes(of: "\r\n\r\n" + request) == [.refused(.requestLine)])
    }

    @Test(
        "a connection goes on unless one side says otherwise; with HTTP/1.0 it must be asked to",
        arguments: [
            ("1.1", "", true), ("1.1", "Connection: close", false),
            ("1.1", "Connection: keep-alive", true), ("1.1", "connection: x , CLOSE", false),
            ("1.1", "Connection: closed", true), ("1.1", "Connection: close, keep-alive", false),
            ("1.0", "", false), ("1.0", "Connection: Keep-Alive", true),
            ("1.0", "Connection: keep-alive, close", false),
            ("1.1", "Connection: x\r\nConnection: close", false),
        ])
    func connection(_ version: String, _ field: String, _ keepsAlive: Bool) {
        let line = field.isEmpty ? "" : field + "\r\n"
        let found = outcomes(of: "GET / HTTP/\(version)\r\nHost: a\r\n\(line)\r\n")
        #expect(found.map(\.line) == ["GET / \(version)" + (keepsAlive ? "" : " close")])
    }

    @Test("a client of HTTP/1.0 may leave the host out")
    func oldHost() {
        #expect(outcomes(of: "GET / HTTP/1.0\r\n\r\n").map(\.line) == ["GET / 1.0 close"])
    }

    @Test(
        "targets are paths, whole URLs, or the asterisk of OPTIONS",
        arguments: [
            ("GET /", "GET /"), ("GET /a/b%20c?d?e", "GET /a/b%20c?d?e"), ("GET /?", "GET /?"),
            ("GET http://a/x?y", "GET /x?y"), ("GET HTTPS://A", "GET /"),
            ("GET http://a?q", "GET /?q"), ("OPTIONS *", "OPTIONS *"), ("PURGE /x", "PURGE /x"),
            ("GET //a/b", "GET //a/b"), ("GET /[x]|{}^", "GET /[x]|{}^"),
        ])
    func targets(_ line: String, _ expected: String) {
        let found = outcomes(of: "\(line) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(found.map(\.line) == [expected + " 1.1"])
    }

    @Test("a client that waits for a word before its body is reported, if there is a body")
    func expects() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"
        #expect(
            outcomes(of: head + "Content-Length: 1\r\n\r\nx").map(\.line) == ["POST / 1.1 expects"])
        #expect(
            outcomes(of: head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").map(\.line)
                == ["POST / 1.1 expects"])
        #expect(outcomes(of: head + "\r\n").map(\.line) == ["POST / 1.1"])
        let old = "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
        #expect(outcomes(of: old).map(\.line) == ["POST / 1.0 close"])
    }

    @Test("a body that has not all come is not the end of the request")
    func unfinished() {
        #expect(
            outcomes(of: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello")
                == [.begun(line: "POST / 1.1", body: "hello")])
        #expect(
            outcomes(of: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")
                == [.begun(line: "POST / 1.1", body: "hel")])
    }

    @Test("methods that are known are told apart by their exact spelling")
    func methods() {
        let known: [(String, RequestMethod)] = [
            ("GET", .get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
            ("OPTIONS", .options), ("PATCH", .patch), ("TRACE", .trace), ("get", .other),
            ("POSS", .other), ("M-SEARCH", .other),
        ]
        for (name, method) in known {
            var parser = RequestParser()
            var at = 0
            let bytes = utf8("\(name) / HTTP/1.1\r\nHost: a\r\n\r\n")
            guard case .head(let head) = parser.next(bytes.span, from: &at) else {
                Issue.record("\(name) was refused")
                continue
            }
            #expect(head.method == method)
        }
    }

    @Test("a large body is handed on as ranges, and none of it is kept")
    func largeBody() {
        let body = [UInt8](repeating: 0x78, count: 100_000)
        let bytes = utf8("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n") + body
        var parser = RequestParser()
        var at = 0
        _ = parser.next(bytes.span, from: &at)
        guard case .body(let range) = parser.next(bytes.span, from: &at) else {
            Issue.record("no body")
            return
        }
        #expect(range == (bytes.count - body.count)..<bytes.count)
    }
}
