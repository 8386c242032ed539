import Aggregator
import Plugins
import Sandbox
import Synchronization
import Testing

/// What happened while workers were killed.
private final class Watch: Sendable {
    private let state = Mutex<(times: [Duration], killed: Int, isOver: Bool)>(([], 0, false))

    func note(_ time: Duration) { state.withLock { $0.times.append(time) } }
    func noteKilled() { state.withLock { $0.killed += 1 } }
    func end() { state.withLock { $0.isOver = true } }
    var isOver: Bool { state.withLock { $0.isOver } }
    var killed: Int { state.withLock { $0.killed } }
    var count: Int { state.withLock { $0.times.count } }

    /// The time that this part of the other calls took at most.
    func quantile(_ part: Double) -> Duration {
        let sorted = state.withLock { $0.times.sorted() }
        guard !sorted.isEmpty else { return .zero }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct KillingTests {
    @Test("two hundred workers killed in a row, with thirty rules, delay no other call")
    func killed() throws {
        // The last one never ends.
        let programs =
            (0..<29).map { Program(".n += \($0)") } + [Program("def f: f; f")]
        try withPool(programs, ready: 2, deadline: .milliseconds(10)) { pool in
            // What is made at first use is no matter of the killing.
            for _ in 0..<20 { _ = try? await pool.evaluate(question(3, #"{"n":1}"#)) }
            let watch = Watch()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await Self.kill(200, in: pool, watch) }
                group.addTask { await Self.callOthers(in: pool, watch) }
            }
            print(
                "200 killed workers, 30 rules: \(watch.count) other calls, median "
                    + "\(watch.quantile(0.5)), p99 \(watch.quantile(0.99)), slowest "
                    + "\(watch.quantile(1))")
            #expect(watch.killed == 200 && watch.count >= 100)
            // Five milliseconds where nothing else runs, which `Tests/Benchmarks` measures; here other
            // suites want the same processors.
            #expect(watch.quantile(0.5) < .milliseconds(50))
            #expect(watch.quantile(0.99) < .milliseconds(250))
        }
    }

    /// One call after another whose program is stopped at its deadline.
    private static func kill(_ count: Int, in pool: Pool, _ watch: Watch) async {
        for _ in 0..<count {
            do throws(Failure) {
                Issue.record("it ended: \(try await pool.evaluate(question(29, "1")))")
            } catch {
                #expect(error.message.contains("took longer than"))
                watch.noteKilled()
            }
        }
        watch.end()
    }

    private static func callOthers(in pool: Pool, _ watch: Watch) async {
        let clock = ContinuousClock()
        while !watch.isOver {
            let start = clock.now
            let finding = try? await pool.evaluate(question(4, #"{"n":1}"#))
            watch.note(start.duration(to: clock.now))
            // A machine that is busy enough stops one of these too.
            if let finding { #expect(finding == .changed(#"{"n":5}"#)) }
        }
    }
}
