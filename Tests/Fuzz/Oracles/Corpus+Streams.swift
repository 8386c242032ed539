extension Corpus {
    /// Requests of HTTP/1.1, some of them pipelined.
    package static let requests = Corpus(
        lines: requestLines.map { Array($0.utf8) },
        pieces: requestPieces.map { Array($0.utf8) } + [[0xFF], [0], [0x7F]],
        marks: Array(" :\r\n".utf8))

    /// Streams of events.
    package static let events = Corpus(
        lines: eventLines.map { Array($0.utf8) },
        pieces: eventPieces.map { Array($0.utf8) } + [[0xFF], [0], [0xEF, 0xBB]],
        marks: Array(":\r\n".utf8))

    private static let get = "GET /mcp?a=b HTTP/1.1\r\nHost: a.example:80\r\n\r\n"
    private static let post =
        "POST /mcp HTTP/1.1\r\nHost: [::1]\r\nContent-Type: application/json\r\n"
        + "Content-Length: 12\r\n\r\n{\"id\":1234}\n"
    private static let chunks =
        "POST / HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n"

    private static let requestLines = [
        get, post, chunks, get + post + chunks, chunks + get, "\r\n" + get,
        "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET http://a/x HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
    ]

    private static let requestPieces = [
        "\r\n", "\r", "\n", " ", "\t", ":", ",", "+", "-", "0", "1", "F", "GET", "HTTP/1.1",
        "HTTP/1.0", "Host", "Content-Length", "Content-Length: 5\r\n", "Transfer-Encoding",
        "Transfer-Encoding: chunked\r\n", "chunked", "gzip", "close", "keep-alive", "\r\n\r\n",
        "0\r\n\r\n", ";", "é", "18446744073709551616", "FFFFFFFFFFFFFFFF",
        String(repeating: "a", count: 100), String(repeating: "A: b\r\n", count: 20),
    ]

    private static let eventLines = [
        "data: {\"jsonrpc\":\"2.0\"}\n\n", ": comment\r\n\r\nid: 1\r\nretry: 500\r\ndata:\r\n\r\n",
        "\u{FEFF}event: message\rid: 18\rdata: a\rdata: b\r\r", "data\ndata:x\n\nid\n\n",
        "event: x\ndata: é\u{2028}😀\n\ndata: y\n\n",
    ]

    private static let eventPieces = [
        "\r\n", "\r", "\n", "\n\n", " ", ":", "data", "data: ", "id: ", "id: 7\n", "event: ",
        "retry: ", "retry: 7\n", "\u{FEFF}", "é", String(repeating: "x", count: 60),
        "99999999999999999999",
    ]
}
