import Testing
import Wire

@Suite("EventParser")
struct EventParserTests {
    private typealias Outcome = Result<[ServerEvent], EventFault>

    private func read(_ parts: [ArraySlice<UInt8>], _ limits: EventLimits) -> Outcome {
        var parser = EventParser(limits: limits)
        var events: [ServerEvent] = []
        for part in parts {
            let bytes = Array(part)
            var at = 0
            do throws(EventFault) {
                while let event = try parser.next(bytes.span, from: &at) { events.append(event) }
            } catch {
                return .failure(error)
            }
            #expect(at == bytes.count)
        }
        return .success(events)
    }

    /// The events of a stream however it is cut: whole, byte by byte, and in two at every offset.
    private func events(
        _ stream: [UInt8], limits: EventLimits = .standard,
        at location: SourceLocation = #_sourceLocation
    ) -> Outcome {
        let whole = read([stream[...]], limits)
        #expect(read(stream.indices.map { stream[$0...$0] }, limits) == whole)
        for cut in stream.indices where read([stream[..<cut], stream[cut...]], limits) != whole {
            Issue.record("cut at \(cut)", sourceLocation: location)
        }
        return whole
    }

    private func events(
        _ stream: String, at location: SourceLocation = #_sourceLocation
    ) -> [ServerEvent] {
        (try? events(utf8(stream), at: location).get()) ?? []
    }

    private func event(
        _ data: String, name: String? = nil, id: String? = nil, retry: Duration? = nil
    ) -> ServerEvent {
        ServerEvent(data: utf8(data), name: name, id: id, retry: retry)
    }

    @Test("events are their fields, whatever ends the lines", arguments: ["\n", "\r", "\r\n"])
    func lineEnds(_ end: String) {
        let stream =
            [
                "event: message", "id: 18", "data: {\"a\":1}", "", "data: x", "", "", "data:y", "",
            ].joined(separator: end) + end
        #expect(
            events(stream) == [
                event("{\"a\":1}", name: "message", id: "18"), event("x"), event("y"),
            ])
    }

    @Test("line ends of all kinds may be mixed")
    func mixedLineEnds() {
        #expect(
            events("data: a\rdata: b\ndata: c\r\n\rdata: d\n\n") == [event("a\nb\nc"), event("d")])
        #expect(events("data: a\n\rdata: b\r\n\n") == [event("a"), event("b")])
    }

    @Test("an event is handed out with its blank line, not with what follows")
    func prompt() throws {
        for blank in ["\r", "\n", "\r\n"] {
            var parser = EventParser()
            let bytes = utf8("data: a\(blank)\(blank)")
            var at = 0
            #expect(try parser.next(bytes.span, from: &at) == event("a"))
        }
    }

    @Test("lines of data are joined by line feeds, empty ones too")
    func lines() {
        #expect(events("data: a\ndata:\ndata\ndata:  b\n\n") == [event("a\n\n\n b")])
    }

    @Test("one blank behind the colon is left out, and no more")
    func blanks() {
        #expect(
            events("data:a\n\ndata: a\n\ndata:  a \n\ndata :a\n\n data: a\n\n")
                == [event("a"), event("a"), event(" a ")])
    }

    @Test("comments and unknown fields are overlooked")
    func comments() {
        #expect(
            events(": hello\n\n:\n\ndata: a\n: x\nwhatever: y\ndatabase: z\ndat: z\nDATA: z\n\n")
                == [event("a")])
    }

    @Test("an event with empty data, or none but an id or a time, is a priming one")
    func priming() {
        let found = events(
            "id: 17\nretry: 500\ndata:\n\nid: 18\n\nretry: 1\n\nevent: x\n\ndata\n\n")
        #expect(
            found == [
                event("", id: "17", retry: .milliseconds(500)), event("", id: "18"),
                event("", retry: .milliseconds(1)), event(""),
            ])
        #expect(found.allSatisfy { $0.isPriming })
        #expect(!event("x").isPriming)
    }

    @Test("ids with a NUL and times that are no number are overlooked; the last of each counts")
    func odd() {
        #expect(
            events(
                "id: a\0b\nretry: 1x\nretry: -1\nretry:\ndata: x\n\nid: a\nid\nretry: 5\nretry: 7\n"
                    + "event: a\nevent: b\ndata: y\n\nevent: c\nevent\ndata: z\n\n")
                == [
                    event("x"), event("y", name: "b", id: "", retry: .milliseconds(7)), event("z"),
                ])
        #expect(
            events("retry: 99999999999999999999999\n\n") == [event("", retry: .seconds(86_400))])
    }

    @Test("what belongs to one event is not there in the next")
    func separate() {
        #expect(
            events("event: a\nid: 1\nretry: 2\ndata: x\n\ndata: y\n\nevent: z\n\ndata: w\n\n")
                == [
                    event("x", name: "a", id: "1", retry: .milliseconds(2)), event("y"), event("w"),
                ])
    }

    @Test("a byte order mark is left out at the beginning only")
    func mark() {
        #expect(events("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n") == [event("a")])
        #expect(events("\u{FEFF}\u{FEFF}data: a\n\ndata: b\n\n") == [event("b")])
        let half = [0xEF, 0xBB] + utf8("data: a\n\ndata: b\n\n")
        #expect(events(half) == .success([event("b")]))
    }

    @Test("characters may be cut between chunks, and bytes that are none come as they are")
    func encoding() {
        #expect(events("data: é\u{2028}😀\n\n") == [event("é\u{2028}😀")])
        #expect(
            events(utf8("data: ") + [0xFF, 0xC0] + utf8("\n\n"))
                == .success([ServerEvent(data: [0xFF, 0xC0])]))
    }

    @Test("an event that the end of the stream cuts off is none")
    func truncated() {
        let stream = "id: 1\r\ndata: a\r\n\r\n"
        for end in stream.utf8.indices where end < stream.utf8.index(stream.endIndex, offsetBy: -1)
        {
            #expect(events(String(stream.utf8[..<end]) ?? "") == [])
        }
        #expect(events("data: a\n") == [])
    }

    @Test("lines, data and names have limits, and are refused at the same byte however cut")
    func limits() {
        let limits = EventLimits(bytes: 30, text: 5)
        let large = EventFault.tooLarge(limit: 30)
        func read(_ stream: String) -> Outcome { events(utf8(stream), limits: limits) }
        #expect(read("data: \(String(repeating: "x", count: 24))\n\n") != .failure(large))
        #expect(read("data: \(String(repeating: "x", count: 25))\n\n") == .failure(large))
        #expect(read("data: 0123456789\ndata: 0123456789\ndata: 01234567\n\n") != .failure(large))
        #expect(read("data: 0123456789\ndata: 0123456789\ndata: 012345678\n\n") == .failure(large))
        #expect(read(":" + String(repeating: "x", count: 30)) == .failure(large))
        #expect(read(String(repeating: "x", count: 31)) == .failure(large))
        #expect(read("data: x\n" + String(repeating: "data\n", count: 30)) == .failure(large))
        #expect(read("id: 12345\n\n") == .success([event("", id: "12345")]))
        #expect(read("id: 123456\n\n") == .failure(.textTooLong(limit: 5)))
        #expect(read("event: 123456\n\n") == .failure(.textTooLong(limit: 5)))
        #expect(read("retry: 000000\n\n") == .failure(.textTooLong(limit: 5)))
    }

    @Test("a megabyte in one event comes whole, in pieces of any size")
    func large() {
        let data = (0..<(1 << 20)).map { UInt8(0x20 + $0 % 90) }
        let stream = utf8("data: ") + data + utf8("\r\n\r\ndata: x\n\n")
        for size in [1000, 4096, 65_536, stream.count] {
            let parts = stride(from: 0, to: stream.count, by: size).map {
                stream[$0..<min($0 + size, stream.count)]
            }
            #expect(read(parts, .standard) == .success([ServerEvent(data: data), event("x")]))
        }
    }
}
