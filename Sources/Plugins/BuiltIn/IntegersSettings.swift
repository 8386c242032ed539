package import Aggregator

/// The settings of `integers: {}`.
package struct IntegersSettings: CommonSettings {
    package var common = Common()
    /// Patterns of the names of clients that round; empty for all.
    package var clients: [String] = []

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        Key.common + [
            Key(
                "client", \.clients, .patterns,
                "Which clients it is done for, by what they call themselves; all without it.",
                example: "\"claude*\"")
        ])
}
