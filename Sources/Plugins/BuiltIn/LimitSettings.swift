package import Aggregator
import Wire

/// The settings of `limit: { calls: 10, per: 1 min }`.
package struct LimitSettings: CommonSettings {
    /// What calls are counted by.
    package enum Group: String, Sendable, CaseIterable { case tool, upstream, principal, client }

    package var common = Common()
    /// How many calls in `per`; nil for any number.
    package var calls: Int?
    package var per = Duration.seconds(60)
    /// How many may come at once after a pause; nil for `calls`.
    package var burst: Int?
    /// How many may run at a time; nil for any number.
    package var concurrent: Int?
    /// What is counted apart; nothing for all calls together.
    package var each: [Group] = []

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        Key.common + [
            Key(
                "calls", \.calls, .integer(1...1_000_000), "How many calls in the time of `per`.",
                example: "60"),
            Key("per", \.per, .duration, "The time in which `calls` are allowed."),
            Key(
                "burst", \.burst, .integer(1...1_000_000),
                "How many may come at once after a pause; `calls` without it.", example: "10"),
            Key(
                "concurrent", \.concurrent, .integer(1...1_000_000),
                "How many may run at a time.", example: "4"),
            Key(
                "each", \.each, .groups,
                "What is counted apart: `tool`, `upstream`, `principal`, `client`, or several; without "
                    + "it all calls together.", example: "[tool, principal]"),
        ], needs: ["calls", "concurrent"])
}

extension Format<[LimitSettings.Group]> {
    /// One way of counting, or several.
    fileprivate static let groups: Self = {
        let word = Format<LimitSettings.Group>.choice
        let one = word.map({ [$0] }, back: { $0.count == 1 ? $0[0] : nil })
        return .either(word.list(), one) { $0.scalar != nil }
    }()
}
