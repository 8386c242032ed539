import Glibc
import Testing

@Suite struct ScheduleTests {
    /// How many lives; `MANIFOLD_SCHEDULES` asks for more.
    private static var count: Int { number("MANIFOLD_SCHEDULES") ?? 200 }

    /// The first seed; `MANIFOLD_SEED` repeats one that failed.
    private static var first: Int { number("MANIFOLD_SEED") ?? 1 }

    private static func number(_ name: String) -> Int? {
        unsafe getenv(name).flatMap { unsafe Int(String(cString: $0)) }
    }

    @Test("in any order of events every request gets its own answer once, and runs at most once")
    func schedules() {
        for seed in Self.first..<(Self.first + Self.count) {
            let violations = Schedule(seed: UInt64(seed)).run(steps: 100)
            #expect(violations.isEmpty, "MANIFOLD_SEED=\(seed) MANIFOLD_SCHEDULES=1 repeats this")
            if !violations.isEmpty { return }
        }
    }

    @Test("in any order of events a call that waits for its client goes on, once, with its answers")
    func parking() {
        for seed in Self.first..<(Self.first + Self.count) {
            let violations = ParkingSchedule(seed: UInt64(seed)).run(steps: 100)
            #expect(violations.isEmpty, "MANIFOLD_SEED=\(seed) MANIFOLD_SCHEDULES=1 repeats this")
            if !violations.isEmpty { return }
        }
    }
}
