import Testing
import Wire

@Suite("RequestLimits")
struct RequestLimitTests {
    private func repeated(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: count)
    }

    private func get(_ fields: String, target: String = "/") -> String {
        "GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    @Test("a head may be as large as its limit, and not one byte larger")
    func head() {
        let request = get("X: y\r\n")
        let size = request.utf8.count
        #expect(outcomes(of: request, RequestLimits(head: size)).map(\.line) == ["GET / 1.1"])
        for limit in 1..<size {
            #expect(
                outcomes(of: request, RequestLimits(head: limit)) == [.refused(.headTooLarge)])
        }
    }

    @Test("a head that never ends is refused as soon as it is over the limit")
    func endless() {
        var parser = RequestParser(limits: RequestLimits(head: 1000))
        let start = utf8("GET / HTTP/1.1\r\nHost: a\r\nX: ")
        let more = utf8(repeated("y", 10))
        for index in 0..<2000 {
            let bytes = index == 0 ? start : more
            var at = 0
            if case .refused(let refusal) = parser.next(bytes.span, from: &at) {
                #expect(refusal == .headTooLarge)
                return
            }
        }
        Issue.record("not refused")
    }

    @Test("so many fields may be there, names and values may be so long")
    func fields() {
        let limits = RequestLimits(fields: 3, name: 5, value: 7)
        #expect(outcomes(of: get("A: 1\r\nB: 2\r\n"), limits).map(\.line) == ["GET / 1.1"])
        #expect(outcomes(of: get("A: 1\r\nB: 2\r\nC: 3\r\n"), limits) == [.refused(.tooManyFields)])
        #expect(outcomes(of: get("ABCDE: 1234567 \r\n"), limits).map(\.line) == ["GET / 1.1"])
        #expect(outcomes(of: get("ABCDEF: 1\r\n"), limits) == [.refused(.nameTooLong)])
        #expect(outcomes(of: get("A: 12345678\r\n"), limits) == [.refused(.valueTooLong)])
    }

    @Test("a target may be so long, and a line without one is judged by its method")
    func target() {
        let limits = RequestLimits(target: 100)
        let longest = "/" + repeated("t", 99)
        #expect(
            outcomes(of: get("", target: longest), limits).map(\.line) == ["GET \(longest) 1.1"])
        for excess in [1, 30, 200] {
            let target = longest + repeated("t", excess)
            #expect(outcomes(of: get("", target: target), limits) == [.refused(.targetTooLong)])
        }
        let method = repeated("M", 32)
        #expect(
            outcomes(of: "\(method) / HTTP/1.1\r\nHost: a\r\n\r\n").map(\.line)
                == ["\(method) / 1.1"])
        #expect(
            outcomes(of: "\(method)M / HTTP/1.1\r\nHost: a\r\n\r\n") == [.refused(.methodTooLong)])
        #expect(outcomes(of: repeated("M", 300), limits) == [.refused(.methodTooLong)])
        #expect(outcomes(of: "GET " + repeated("/", 300), limits) == [.refused(.targetTooLong)])
    }

    @Test("a body may be as large as its limit, told in advance or in chunks")
    func body() {
        let limits = RequestLimits(body: 10)
        let post = "POST / HTTP/1.1\r\nHost: a\r\n"
        let length = { (count: Int) in
            "\(post)Content-Length: \(count)\r\n\r\n" + repeated("x", count)
        }
        #expect(outcomes(of: length(10), limits).map(\.body) == [repeated("x", 10)])
        #expect(outcomes(of: length(11), limits) == [.refused(.bodyTooLarge)])
        let chunks = "\(post)Transfer-Encoding: chunked\r\n\r\n6\r\nxxxxxx\r\n"
        #expect(
            outcomes(of: chunks + "4\r\nxxxx\r\n0\r\n\r\n", limits).map(\.body)
                == [repeated("x", 10)])
        #expect(
            outcomes(of: chunks + "5\r\nxxxxx\r\n0\r\n\r\n", limits) == [.refused(.bodyTooLarge)])
    }

    @Test("extensions of chunks and trailers may be so long, all of a body together")
    func framing() {
        let limits = RequestLimits(fields: 2, trailers: 20, chunkExtensions: 8)
        let post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let good = [
            "1;abc\r\nx\r\n0;def\r\n\r\n", "1\r\nx\r\n0\r\nA: 3456789\r\nB: 678\r\n\r\n",
        ]
        for body in good {
            #expect(outcomes(of: post + body, limits).map(\.body) == ["x"])
        }
        let bad: [(String, Refusal)] = [
            ("1;abcd\r\nx\r\n0;def\r\n\r\n", .chunkExtension),
            ("1;" + repeated("a", 100), .chunkExtension),
            ("0\r\nA: 34567890\r\nB: 6789\r\n\r\n", .trailersTooLarge),
            ("0\r\nA: " + repeated("a", 100), .trailersTooLarge),
            ("0\r\na:\r\nb:\r\nc:\r\n\r\n", .trailersTooLarge),
        ]
        for (body, refusal) in bad {
            #expect(outcomes(of: post + body, limits).last == .refused(refusal))
        }
    }
}
