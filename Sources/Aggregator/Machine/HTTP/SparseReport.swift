/// Which of many like events are told: the first at once, then one a minute with how many there were.
///
/// A port that anybody may knock at must not fill the log.
package struct SparseReport: Sendable {
    private static let pause = Duration.seconds(60)

    private var next: ContinuousClock.Instant?
    private var untold = 0

    /// A report of nothing yet.
    package init() {}

    /// The sentence to be told of one event; nil for none.
    ///
    /// `clause` is the sentence without its full stop.
    package mutating func note(
        _ clause: @autoclosure () -> String, at now: ContinuousClock.Instant
    ) -> String? {
        if let next, now < next {
            untold += 1
            return nil
        }
        let others = untold == 0 ? "" : " (\(untold) more since the last that was told)"
        next = now.advanced(by: Self.pause)
        untold = 0
        return "\(clause())\(others)."
    }
}
