import Testing
import Wire

@Suite("LineBuffer")
struct LineBufferTests {
    private typealias Line = LineBuffer.Line

    private static let stream = utf8(
        "one\r\n\n  \r\ntwo\rx\n\u{2028}é\n" + String(repeating: "z", count: 40) + "\nlast")
    private static let lines: [LineBuffer.Line] = [
        .complete(utf8("one")), .complete(utf8("two\rx")), .complete(utf8("\u{2028}é")),
        .complete(utf8(String(repeating: "z", count: 40))), .complete(utf8("last")),
    ]

    private func lines(
        of chunks: [ArraySlice<UInt8>], capacity: Int = 16, limit: Int = 1000
    ) -> [LineBuffer.Line] {
        var buffer = LineBuffer(capacity: capacity, limit: limit)
        var lines: [LineBuffer.Line] = []
        for chunk in chunks {
            buffer.append(chunk)
            while let line = buffer.next() { lines.append(line) }
        }
        if let line = buffer.finish() { lines.append(line) }
        #expect(buffer.pending == 0)
        #expect(buffer.finish() == nil)
        return lines
    }

    /// Feeds by filling the tail, at most `most` bytes at a time.
    private func filled(_ stream: [UInt8], most: Int, capacity: Int, limit: Int) -> [LineBuffer
        .Line]
    {
        var buffer = LineBuffer(capacity: capacity, limit: limit)
        var lines: [LineBuffer.Line] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let count = buffer.fill { tail in
                #expect(tail.freeCapacity > 0)
                for byte in rest.prefix(min(most, tail.freeCapacity)) { tail.append(byte) }
            }
            rest = rest.dropFirst(count)
            while let line = buffer.next() { lines.append(line) }
        }
        if let line = buffer.finish() { lines.append(line) }
        return lines
    }

    @Test("lines are the same whole, byte by byte, and cut at every offset")
    func cuts() {
        let stream = Self.stream
        #expect(lines(of: [stream[...]]) == Self.lines)
        #expect(lines(of: stream.indices.map { stream[$0...$0] }) == Self.lines)
        for cut in stream.indices {
            #expect(lines(of: [stream[..<cut], stream[cut...]]) == Self.lines)
        }
        for most in 1...50 {
            #expect(filled(stream, most: most, capacity: 16, limit: 1000) == Self.lines)
        }
    }

    @Test("a line over the limit is dropped, its beginning kept, and the link survives")
    func tooLong() {
        let stream = utf8(
            "a\n" + String(repeating: "x", count: 10_000) + "\r\nb\n"
                + String(repeating: "y", count: 11))
        let expected: [LineBuffer.Line] = [
            .complete(utf8("a")),
            .tooLong(head: [UInt8](repeating: 0x78, count: 4096), length: 10_000),
            .complete(utf8("b")), .tooLong(head: [UInt8](repeating: 0x79, count: 11), length: 11),
        ]
        #expect(lines(of: [stream[...]], limit: 10) == expected)
        #expect(lines(of: stream.indices.map { stream[$0...$0] }, limit: 10) == expected)
        for most in [1, 7, 16, 100, 5000] {
            #expect(filled(stream, most: most, capacity: 16, limit: 10) == expected)
        }
    }

    @Test("the limit counts the content, not the line ending")
    func limit() {
        let exact = utf8("0123456789\r\n0123456789\n0123456789A\n")
        let expected: [LineBuffer.Line] = [
            .complete(utf8("0123456789")), .complete(utf8("0123456789")),
            .tooLong(head: utf8("0123456789A"), length: 11),
        ]
        for cut in exact.indices {
            #expect(lines(of: [exact[..<cut], exact[cut...]], limit: 10) == expected)
        }
    }

    @Test("the beginning of a line over the limit is the same, wherever the stream is cut")
    func head() {
        let stream = utf8(String(repeating: "z", count: 30) + "\r\n\r\n")
        let expected = [
            LineBuffer.Line.tooLong(head: [UInt8](repeating: 0x7A, count: 30), length: 30)
        ]
        for cut in stream.indices {
            #expect(lines(of: [stream[..<cut], stream[cut...]], limit: 10) == expected)
        }
        #expect(lines(of: stream.indices.map { stream[$0...$0] }, limit: 10) == expected)
    }

    @Test("large and small lines may follow each other in any order")
    func mixed() {
        var random = Random(seed: 5)
        for _ in 0..<30 {
            var stream: [UInt8] = []
            var expected: [LineBuffer.Line] = []
            for _ in 0..<30 {
                let length = 1 + random.below(random.below(2) == 0 ? 10 : 3000)
                let line = [UInt8](repeating: UInt8(0x61 + random.below(26)), count: length)
                stream += line + [0x0A]
                expected.append(.complete(line))
            }
            let most = 1 + random.below(2000)
            #expect(filled(stream, most: most, capacity: 64, limit: 1 << 20) == expected)
        }
    }

    @Test("memory grown for a large line is given back")
    func shrinks() {
        var buffer = LineBuffer(capacity: 1024, limit: 1 << 24)
        buffer.append([UInt8](repeating: 0x61, count: 1 << 20) + utf8("\nb\nc"))
        while buffer.next() != nil {}
        #expect(buffer.pending == 1)
        var free = 0
        _ = buffer.fill { free = $0.freeCapacity }
        #expect(free < 4096)
    }

    @Test("an error while reading passes through and loses nothing")
    func failure() {
        struct Failure: Error, Equatable {}
        var buffer = LineBuffer(limit: 100)
        buffer.append(utf8("ab"))
        #expect(throws: Failure()) {
            _ = try buffer.fill { (_: inout OutputSpan<UInt8>) throws(Failure) in throw Failure() }
        }
        buffer.append(utf8("c\n"))
        #expect(buffer.next() == .complete(utf8("abc")))
    }
}
