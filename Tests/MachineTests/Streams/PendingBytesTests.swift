import Testing

@testable import Machine

@Suite struct PendingBytesTests {
    @Test("bytes leave in the order they came, in any pieces", arguments: [1, 7, 1000, 1 << 20])
    func order(piece: Int) {
        var pending = PendingBytes()
        var expected: [UInt8] = []
        var seen: [UInt8] = []
        for round in 0..<100 {
            let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ round) }
            expected += bytes
            #expect(pending.append { $0 += bytes } == bytes.count)
            let limit = min(piece, pending.count)
            seen += unsafe pending.withFront(limit: limit) { unsafe Array($0) }
            pending.consume(limit)
        }
        while pending.count > 0 {
            let front = unsafe pending.withFront(limit: piece) { unsafe Array($0) }
            seen += front
            pending.consume(front.count)
        }
        #expect(seen == expected)
    }

    @Test("the memory of a burst is given back")
    func memory() {
        var pending = PendingBytes()
        _ = pending.append { $0 += [UInt8](repeating: 0, count: 40 << 20) }
        pending.consume(40 << 20)
        #expect(pending.capacity == 0)
        _ = pending.append { $0 += [UInt8](repeating: 0, count: 1000) }
        pending.consume(1000)
        #expect(pending.capacity >= 1000)
    }

    @Test("a queue that is never empty does not grow without bound")
    func steadyState() {
        var pending = PendingBytes()
        for _ in 0..<10_000 {
            _ = pending.append { $0 += [UInt8](repeating: 0, count: 10_000) }
            if pending.count > 20_000 { pending.consume(10_000) }
        }
        #expect(pending.capacity < 4 << 20)
    }
}
