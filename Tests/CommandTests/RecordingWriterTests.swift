import Aggregator
import Machine
import Plugins
import Testing
import Wire

@testable import manifold

@Suite struct RecordingWriterTests {
    private struct Clock: Timekeeper {
        var now: ContinuousClock.Instant { .now }
        func wait(
            until deadline: ContinuousClock.Instant,
            _ register: (_ wake: @escaping @Sendable () -> Void) -> Void
        ) async {}
    }

    /// A path in a folder of its own.
    private func path() throws -> String {
        let folder = "/tmp/manifold-\(UInt64.random(in: 0...UInt64.max))"
        try File.makePrivateFolder(folder)
        return "\(folder)/calls.jsonl"
    }

    private func writer(_ path: String, limit: Int) throws -> RecordingWriter {
        try RecordingWriter(
            path, limit: limit, Redaction(RecordSettings(), secrets: [], time: Clock()))
    }

    private func seen(_ message: String, out isOutgoing: Bool = true) -> RecordingWriter.Seen {
        RecordingWriter.Seen(
            bytes: Array(message.utf8), upstream: "crm", link: 1, isOutgoing: isOutgoing,
            at: .seconds(1_764_349_200))
    }

    private func read(_ path: String) throws -> Recording {
        let parts = ["\(path).1", path].filter { File.stamp($0) != nil }
        return try Recording(parts.map { try File.read($0, limit: 1 << 30) })
    }

    private func call(_ id: Int, _ text: String = "") -> RecordingWriter.Seen {
        seen(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(id)","#
                + #""arguments":{"text":"\#(text)"}}}"#)
    }

    private let handshake = [
        (#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#, true),
        (#"{"jsonrpc":"2.0","id":1,"result":{"serverInfo":{"name":"x"}}}"#, false),
        (#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#, true),
        (#"{"jsonrpc":"2.0","id":2,"result":{"tools":[]}}"#, false),
    ]

    @Test("what is written is a recording, with the time of each message and without secrets")
    func plain() throws {
        let path = try path()
        let writer = try writer(path, limit: 1 << 20)
        let secret = seen(#"{"jsonrpc":"2.0","id":1,"method":"x","params":{"password":"p"}}"#)
        #expect(writer.write([secret, seen("no message at all")], dropped: 0).isEmpty)
        let exchange = try #require(try read(path).exchanges.first)
        #expect(exchange.at == "2025-11-28T17:00:00.000Z")
        let text = String(decoding: exchange.request.bytes, as: UTF8.self)
        #expect(text.contains(#""password":"[redacted]""#))
        #expect(writer.state.messages == 1)
    }

    @Test("the bound holds, the older half goes, and the handshake stays")
    func rotation() throws {
        let path = try path()
        let limit = 256 << 10
        let writer = try writer(path, limit: limit)
        _ = writer.write(handshake.map { seen($0.0, out: $0.1) }, dropped: 0)
        let text = String(repeating: "x", count: 2000)
        for id in 10..<510 { _ = writer.write([call(id, text)], dropped: 0) }
        let sizes = try ["\(path).1", path].map { try File.read($0, limit: 1 << 30).count }
        #expect(sizes.reduce(0, +) <= limit)
        #expect(sizes.reduce(0, +) > limit / 4)
        let recording = try read(path)
        #expect(recording.exchanges.prefix(2).map(\.method) == [.initialize, .toolsList])
        #expect(recording.exchanges.prefix(2).allSatisfy { $0.answer != nil })
        #expect(recording.exchanges.last?.subject == "509")
        #expect(recording.starts.count == 1)
    }

    @Test("a message that is too large is noted with its size and hash")
    func large() throws {
        let path = try path()
        let writer = try writer(path, limit: RecordingWriter.smallest)
        let large = call(7, String(repeating: "x", count: 9000))
        _ = writer.write([large, call(8)], dropped: 0)
        let recording = try read(path)
        #expect(recording.exchanges.map(\.subject) == ["8"])
        let omission = try #require(recording.omissions.first)
        #expect(omission.bytes == large.bytes.count)
        #expect(omission.digest == Digest.sha256Text(large.bytes))
        #expect(writer.state.omitted == 1)
    }

    @Test("a second process does not write into the file of the first, a later one goes on")
    func ownership() throws {
        let path = try path()
        do {
            let writer = try writer(path, limit: 1 << 20)
            _ = writer.write([call(1)], dropped: 0)
            #expect(throws: MachineFailure.self) { try self.writer(path, limit: 1 << 20) }
        }
        let later = try writer(path, limit: 1 << 20)
        _ = later.write([call(2)], dropped: 0)
        #expect(try read(path).exchanges.map(\.subject) == ["1", "2"])
    }

    @Test("a line that was cut off by the end of a process spoils no later one")
    func cut() throws {
        let path = try path()
        let torn = Array(#"{"at":"2026-11-28T17:00:00.000Z","upstream":"crm","li"#.utf8)
        try File.replace(path, with: RecordedLine.start(at: "then") + torn)
        let writer = try writer(path, limit: 1 << 20)
        _ = writer.write([call(3)], dropped: 0)
        let recording = try read(path)
        #expect(recording.starts.count == 2)
        #expect(recording.unreadable == 1)
        #expect(recording.exchanges.map(\.subject) == ["3"])
    }

    @Test("what nobody writes in time is dropped, counted and said, and nothing waits for it")
    func dropped() async throws {
        let path = try path()
        let writer = try writer(path, limit: 64 << 20)
        let recorder = Recorder([], writer, secrets: [], log: .none, mostWaiting: 10_000)
        let border = try #require(recorder.border(to: "crm"))
        let message = call(1, String(repeating: "x", count: 1000)).bytes
        for _ in 0..<20 { border.saw(message, isOutgoing: true) }
        await recorder.write()
        let recording = try read(path)
        #expect(recording.dropped > 0)
        #expect(writer.state.dropped == recording.dropped)
        #expect(writer.state.messages + recording.dropped == 20)
    }

    @Test("only the upstreams that were asked for are seen, each conversation under its own number")
    func upstreams() async throws {
        let path = try path()
        let recorder = Recorder(
            ["crm", "doc*"], try writer(path, limit: 1 << 20), secrets: [], log: .none)
        #expect(recorder.border(to: "clock") == nil)
        for name in ["crm", "docs", "crm"] {
            try #require(recorder.border(to: name)).saw(call(1).bytes, isOutgoing: true)
        }
        await recorder.write()
        let exchanges = try read(path).exchanges
        #expect(exchanges.map(\.upstream) == ["crm", "docs", "crm"])
        #expect(Set(exchanges.map(\.link)).count == 3)
    }
}
