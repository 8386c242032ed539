import Aggregator
import Testing

@Suite struct BackoffTests {
    @Test("the longest delay doubles from half a second to a minute")
    func ceiling() {
        var backoff = Backoff()
        let delays = (0..<12).map { _ in backoff.failed(fraction: 1) }
        let seconds = [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
        #expect(delays == seconds.map { .seconds($0) })
    }

    @Test("the jitter is full until the breaker opens, then half")
    func jitter() {
        var backoff = Backoff()
        for _ in 1..<Backoff.patience { #expect(backoff.failed(fraction: 0) == .zero) }
        #expect(!backoff.isBroken)
        #expect(backoff.failed(fraction: 0) == .seconds(4))
        #expect(backoff.isBroken)
    }

    @Test("useful work makes the next failure a first one")
    func success() {
        var backoff = Backoff()
        for _ in 0..<10 { _ = backoff.failed(fraction: 1) }
        backoff.succeeded()
        #expect(!backoff.isBroken)
        #expect(backoff == Backoff())
        #expect(backoff.failed(fraction: 1) == .milliseconds(500))
    }

    @Test("very many failures do not overflow")
    func many() {
        var backoff = Backoff()
        for _ in 0..<10_000 { #expect(backoff.failed(fraction: 1) <= .seconds(60)) }
    }
}
