import Aggregator
import Machine

/// How long some work may take; whoever does it asks now and then.
final class TimeLimit {
    private let end: ContinuousClock.Instant
    private let time: any Timekeeper
    /// Whether the answer was ever yes.
    private(set) var isOver = false

    /// Until a moment.
    init(_ end: ContinuousClock.Instant, _ time: any Timekeeper) {
        self.end = end
        self.time = time
    }

    /// Throws when the moment has passed.
    func check(_ what: @autoclosure () -> String) throws(RuleFault) {
        isOver = isOver || time.now > end
        if isOver { throw RuleFault("there was not enough time for \(what()).") }
    }
}

/// Does work that may take long where it holds nobody up: a little of it here, else elsewhere.
struct Patience: Sendable {
    /// How long the loop is kept from everything else at most.
    private static let here = Duration.milliseconds(2)

    let tools: PluginTools

    /// What work comes to, which gives up when its limit says so.
    ///
    /// Work that takes too long here is done again elsewhere, from the start.
    func run<Value: Sendable>(
        until deadline: ContinuousClock.Instant,
        _ work: @escaping @Sendable (TimeLimit) throws(RuleFault) -> Value
    ) async throws(RuleFault) -> Value {
        let time = tools.time
        let early = min(deadline, time.now.advanced(by: Self.here))
        let limit = TimeLimit(early, time)
        do throws(RuleFault) {
            return try work(limit)
        } catch {
            guard limit.isOver, early < deadline else { throw error }
        }
        return try await tools.offLoop.run { () throws(RuleFault) in
            try work(TimeLimit(deadline, time))
        }
    }
}
