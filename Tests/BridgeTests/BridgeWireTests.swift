import Aggregator
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Upstreams

/// A bridge that says so much for one post, piece by piece.
private final class Chatty: BridgePoster {
    private let said = Mutex(0)
    private static let line = Array(
        #"{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"\#(String(repeating: "x", count: 1 << 20))"}}"#
            .utf8)

    /// How many messages it has said.
    var count: Int { said.withLock { $0 } }

    func post(
        _ message: [UInt8], hear: @Sendable (Message) -> Void, room: @Sendable () async -> Void
    ) async throws(Failure) {
        while count < 100, let line = try? Message(scanning: Self.line) {
            hear(line)
            said.withLock { $0 += 1 }
            await room()
        }
        // It has no answer, and lets whoever fetches more wait for it.
        let never = Signal()
        await never.wait(after: 0)
    }
}

@Suite struct BridgeWireTests {
    @Test("a bridge is read no faster than what it says is taken")
    func pressure() {
        let loop = Loop()
        let bridge = Chatty()
        let wire = BridgeWire(upstream: "one", time: ManualTime())
        let running = loop.start { await wire.run(over: bridge) { _, _ in } }
        wire.write { $0 += Array(#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#.utf8) + [10] }
        loop.run()
        #expect(bridge.count == 8)
        for taken in 1...91 {
            #expect(wire.next() != nil)
            loop.run()
            #expect(bridge.count == min(100, 8 + taken))
        }
        while wire.next() != nil {}
        loop.run()
        #expect(bridge.count == 100)
        running.cancel()
        loop.run()
    }

    @Test("a bridge that is waited for ends with its conversation")
    func closing() {
        let loop = Loop()
        let wire = BridgeWire(upstream: "one", time: ManualTime())
        let over = Mutex(false)
        let running = loop.start {
            await wire.run(over: Chatty()) { _, _ in }
            over.withLock { $0 = true }
        }
        wire.write { $0 += Array(#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#.utf8) + [10] }
        loop.run()
        running.cancel()
        loop.run()
        #expect(over.withLock { $0 })
    }
}
