package import Aggregator

/// The settings of `timeout: { after: 30 s }`.
package struct TimeoutSettings: CommonSettings {
    package var common = Common()
    /// How long a call may take.
    package var after = Duration.seconds(60)

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        Key.common + [
            Key(
                "after", \.after, .duration, "How long a whole call may take.", isRequired: true,
                example: "30 s")
        ])
}
