import Aggregator
import Testing
import Wire

@Suite struct RecordingTests {
    private func read(_ lines: [String]) throws -> Recording {
        try Recording([Array((lines.joined(separator: "\n") + "\n").utf8)])
    }

    private func text(_ message: Message?) -> String? {
        message.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("every answer finds its request, and progress and logs the call that they are about")
    func pairing() throws {
        let recording = try Recording([SampleRecording.bytes])
        #expect(recording.upstreams == ["crm"])
        #expect(recording.starts == ["2026-11-28T17:00:00.000Z"])
        #expect(
            recording.exchanges.map(\.methodName)
                == ["initialize", "tools/list", "tools/call", "tools/call"])
        let calls = recording.exchanges.suffix(2)
        #expect(calls.map(\.subject) == ["get", "set"])
        #expect(calls.first?.notifications.map(\.method) == [.progress, .message])
        #expect(text(calls.first?.answer)?.contains("seven") == true)
        #expect(calls.last?.notifications.isEmpty == true)
        #expect(calls.last?.answer?.kind == .error)
        #expect(!recording.isTorn && recording.unreadable == 0 && recording.dropped == 0)
    }

    @Test("a recording that was cut anywhere is read up to the cut, which is told")
    func cut() throws {
        let whole = try Recording([SampleRecording.bytes])
        for count in 0...SampleRecording.bytes.count {
            let part = Array(SampleRecording.bytes.prefix(count))
            guard let read = try? Recording([part]) else {
                #expect(count < SampleRecording.start.utf8.count)
                continue
            }
            #expect(read.exchanges.count <= whole.exchanges.count)
            #expect(
                read.exchanges.map { text($0.request) }
                    == whole.exchanges.prefix(read.exchanges.count).map { text($0.request) })
            let isWhole =
                part.last == UInt8(ascii: "\n") || part.isEmpty || part.last == UInt8(ascii: "}")
            #expect(isWhole || read.isTorn, "cut at \(count)")
            #expect(read.unreadable == 0)
        }
    }

    @Test("a line that was cut off before the process began again spoils no other")
    func tornInside() throws {
        let torn = String(SampleRecording.lines[3].prefix(40))
        let recording = try read(SampleRecording.lines.prefix(3) + [torn] + SampleRecording.lines)
        #expect(recording.unreadable == 1)
        #expect(!recording.isTorn)
        #expect(recording.exchanges.count == 4)
    }

    @Test("a new start separates equal ids; the same start in another file does not")
    func starts() throws {
        let ask = SampleRecording.line(
            "upstream", #"{"jsonrpc":"2.0","id":9,"method":"ping"}"#)
        let answer = SampleRecording.line("manifold", #"{"jsonrpc":"2.0","id":9,"result":{}}"#)
        let other = #"{"recording":1,"started":"2026-11-28T18:00:00.000Z"}"#
        let apart = try read([SampleRecording.start, ask, other, answer])
        #expect(apart.exchanges.map { $0.answer == nil } == [true])
        let parts = [[SampleRecording.start, ask], [SampleRecording.start, answer]]
        let one = try Recording(parts.map { Array(($0.joined(separator: "\n") + "\n").utf8) })
        #expect(one.exchanges.map { $0.answer == nil } == [false])
    }

    @Test("conversations of other links and other upstreams keep their own ids")
    func links() throws {
        let ask = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
        let recording = try read([
            SampleRecording.start,
            SampleRecording.line("upstream", ask, link: 1),
            SampleRecording.line("upstream", ask, link: 2),
            SampleRecording.line(
                "manifold", #"{"jsonrpc":"2.0","id":1.0,"result":{"of":2}}"#, link: 2),
        ])
        #expect(recording.exchanges.map { $0.answer == nil } == [true, false])
    }

    @Test("a request that was sent again is one exchange, with the later answer")
    func again() throws {
        let ask = SampleRecording.line("upstream", #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
        let recording = try read([
            SampleRecording.start, ask,
            SampleRecording.line(
                "manifold", #"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"late"}}"#),
            ask, SampleRecording.line("manifold", #"{"jsonrpc":"2.0","id":1,"result":{}}"#),
        ])
        #expect(recording.exchanges.map { $0.answer?.kind } == [.result])
    }

    @Test("what a server asks is kept with the call, and is no answer to it")
    func questions() throws {
        let recording = try read([
            SampleRecording.start,
            SampleRecording.line(
                "upstream", #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}"#
            ),
            SampleRecording.line(
                "manifold",
                #"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}"#),
            SampleRecording.line("upstream", #"{"jsonrpc":"2.0","id":1,"result":{"role":"user"}}"#),
            SampleRecording.line("manifold", #"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#),
        ])
        let exchange = try #require(recording.exchanges.first)
        #expect(exchange.questions.map(\.method) == [.createMessage])
        #expect(text(exchange.answer)?.contains("content") == true)
    }

    @Test("a call that was cancelled has no answer, even if one of that id comes later")
    func cancelled() throws {
        let recording = try read([
            SampleRecording.start,
            SampleRecording.line("upstream", #"{"jsonrpc":"2.0","id":5,"method":"tools/call"}"#),
            SampleRecording.line(
                "upstream",
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}"#),
            SampleRecording.line("manifold", #"{"jsonrpc":"2.0","id":5,"result":{}}"#),
        ])
        #expect(recording.exchanges.map { $0.answer == nil } == [true])
    }

    @Test("what is missing is told: too large, dropped")
    func missing() throws {
        let recording = try read([
            SampleRecording.start,
            #"{"at":"…","upstream":"crm","omitted":{"bytes":9000000,"sha256":"ab"}}"#,
            #"{"dropped":2}"#, #"{"dropped":3}"#, #"{"later":"kind of line"}"#,
        ])
        let omission = try #require(recording.omissions.first)
        #expect(recording.omissions.count == 1)
        #expect(omission.upstream == "crm" && omission.bytes == 9_000_000)
        #expect(omission.digest == "ab")
        #expect(recording.dropped == 5)
        #expect(recording.unreadable == 1)
    }

    @Test("what is no recording is refused, and so is one in a form of later versions")
    func foreign() {
        #expect(throws: Recording.Fault.self) { try read([#"{"mcpServers":{}}"#]) }
        #expect(throws: Recording.Fault.self) { try read(["hello"]) }
        #expect(throws: Recording.Fault.self) { try read([#"{"recording":2,"started":"x"}"#]) }
        #expect(throws: Never.self) { try Recording([]) }
    }

    @Test("what is written is read again, and keeps its bytes")
    func roundTrip() throws {
        let message = #"{"jsonrpc":"2.0", "id":1.0,"method":"x","params":{"a":1.50,"b":"\u00e9"}}"#
        let line = RecordedLine.message(
            Array(message.utf8), at: "t", upstream: "crm", link: 4, isOutgoing: true)
        guard case .message(let read)? = RecordedLine(Array(line.dropLast())) else {
            Issue.record("It is no line of a message.")
            return
        }
        #expect(text(read.message) == message)
        #expect(read.at == "t" && read.upstream == "crm" && read.link == 4 && read.isOutgoing)
    }

    @Test("a message with line breaks between its tokens stays on one line")
    func lineBreaks() {
        let line = RecordedLine.message(
            Array("{\n  \"jsonrpc\": \"2.0\",\r\n \"method\": \"a  b\"\n}".utf8), at: "t",
            upstream: "crm", link: 1, isOutgoing: false)
        #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        #expect(
            String(decoding: line, as: UTF8.self).contains(
                #""message":{"jsonrpc":"2.0","method":"a  b"}}"#))
    }

    @Test("the other lines are read as they are written")
    func otherLines() throws {
        let lines =
            RecordedLine.start(at: "then") + RecordedLine.dropped(7)
            + RecordedLine.omitted(bytes: 12, digest: "ff", at: "t", upstream: "crm")
        let recording = try Recording([lines])
        #expect(recording.starts == ["then"])
        #expect(recording.dropped == 7)
        #expect(recording.omissions.map(\.bytes) == [12])
    }
}
