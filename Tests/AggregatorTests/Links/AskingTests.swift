import Aggregator
import Synchronization
import TestSupport
import Testing
import Wire

/// Questions of our own, and the moment by which they must be answered.
@Suite struct AskingTests {
    /// A peer on a loop and a clock that the test moves, and what became of its questions, by number.
    private final class Asker: Sendable {
        let loop = Loop()
        let time = ManualTime()
        let transport = MemoryTransport()
        let peer: Peer
        private let ends = Mutex<[Int: String]>([:])

        init() {
            peer = Peer(
                name: "one", transport: transport, time: time,
                timeouts: { Configuration.Timeouts() })
        }

        /// Keeps deadlines while `body` runs.
        func run(_ body: () throws -> Void) rethrows {
            let keeper = loop.start { [self] in await peer.keepDeadlines() }
            loop.run()
            defer {
                keeper.cancel()
                loop.run()
            }
            try body()
        }

        @discardableResult
        func ask(_ number: Int, within time: Duration) -> Task<Void, Never> {
            let deadline = self.time.now.advanced(by: time)
            let task = loop.start { [self] in
                let end: String
                do throws(Failure) {
                    let answer = try await peer.ask(by: deadline) { id, line in
                        line += Array(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#.utf8)
                    }
                    end = String(decoding: answer.bytes, as: UTF8.self)
                } catch {
                    end = "\(error.code)"
                }
                ends.withLock { $0[number] = end }
            }
            loop.run()
            return task
        }

        func advance(by duration: Duration) {
            time.set(time.now.advanced(by: duration))
            loop.run()
        }

        func answer(_ id: Int) throws {
            _ = peer.settle(
                try Message(scanning: Array(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#.utf8)))
            loop.run()
        }

        /// What became of the questions that are over, since it was last asked.
        func taken() -> [Int: String] {
            ends.withLock { ends in
                defer { ends = [:] }
                return ends
            }
        }

        var sent: [String] {
            String(decoding: transport.flush(), as: UTF8.self).split(separator: "\n").map(
                String.init)
        }
    }

    @Test("each question ends at its own deadline, in whatever order they were asked")
    func deadlines() {
        let asker = Asker()
        asker.run {
            asker.ask(1, within: .seconds(5))
            asker.ask(2, within: .seconds(2))
            asker.ask(3, within: .seconds(9))
            asker.advance(by: .milliseconds(1999))
            #expect(asker.taken() == [:])
            asker.advance(by: .milliseconds(1))
            #expect(asker.taken() == [2: "timeout"])
            asker.advance(by: .seconds(3))
            #expect(asker.taken() == [1: "timeout"])
            asker.advance(by: .seconds(4))
            #expect(asker.taken() == [3: "timeout"])
            #expect(asker.time.waiting == 0)
        }
    }

    @Test("an alarm that was set for a question which was answered serves the ones after it")
    func answered() throws {
        let asker = Asker()
        try asker.run {
            asker.ask(1, within: .seconds(2))
            try asker.answer(1)
            #expect(asker.taken() == [1: #"{"jsonrpc":"2.0","id":1,"result":{}}"#])
            asker.advance(by: .seconds(1))
            asker.ask(2, within: .seconds(2))
            #expect(asker.time.waiting == 1)
            asker.advance(by: .seconds(1))
            #expect(asker.taken() == [:])
            asker.advance(by: .seconds(1))
            #expect(asker.taken() == [2: "timeout"])
        }
    }

    @Test("whoever is asked is told, once, of a question that is late or that nobody waits for")
    func told() {
        let asker = Asker()
        asker.run {
            asker.ask(1, within: .seconds(2))
            let second = asker.ask(2, within: .seconds(5))
            #expect(asker.sent.count == 2)
            second.cancel()
            asker.loop.run()
            asker.advance(by: .seconds(2))
            #expect(asker.taken() == [1: "timeout", 2: "cancelled"])
            let told = asker.sent
            #expect(told.count == 2)
            #expect(told.first?.contains(#""requestId":2"#) == true)
            #expect(told.last?.contains(#""requestId":1"#) == true)
        }
    }

    @Test("a question that waits for room ends by its deadline, too, before or after it was sent")
    func congested() {
        let asker = Asker()
        asker.transport.highWater = 10
        asker.run {
            asker.ask(1, within: .seconds(2))
            asker.ask(2, within: .seconds(5))
            asker.ask(3, within: .seconds(6))
            asker.advance(by: .seconds(2))
            #expect(asker.taken() == [1: "timeout"])
            // Only one is sent: it fills what room there is.
            _ = asker.transport.flush()
            asker.loop.run()
            asker.advance(by: .seconds(3))
            #expect(asker.taken()[2] == "timeout")
            asker.advance(by: .seconds(1))
            #expect(asker.taken()[3] == "timeout")
        }
    }
}
