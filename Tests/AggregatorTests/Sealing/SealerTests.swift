import Aggregator
import Machine
import Synchronization
import TestSupport
import Testing

@testable import manifold

/// What the domain may expect of any sealer: the real one, and the one of tests in memory.
@Suite struct SealerTests {
    private final class Time: Sendable {
        let value = Mutex(Duration.seconds(5))
    }

    private static func sealer(_ isReal: Bool, now: @escaping @Sendable () -> Duration)
        -> any Sealer
    {
        isReal ? Seal([.random()], now: now) : MemorySealer(now: now)
    }

    @Test(
        "a record comes back for its purpose and principal, and until its moment",
        arguments: [true, false])
    func promises(isReal: Bool) {
        let time = Time()
        let sealer = Self.sealer(isReal) { time.value.withLock { $0 } }
        let token = sealer.seal(
            [7, 8], purpose: "session", principal: "ann", expires: .seconds(10))
        #expect(sealer.open(token, purpose: "session", principal: "ann") == [7, 8])
        #expect(sealer.open(token, purpose: "state", principal: "ann") == nil)
        #expect(sealer.open(token, purpose: "session", principal: "bob") == nil)
        #expect(sealer.open("m1.x", purpose: "session", principal: "ann") == nil)
        time.value.withLock { $0 = .seconds(10) }
        #expect(sealer.open(token, purpose: "session", principal: "ann") == nil)
    }
}
