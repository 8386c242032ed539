package import Aggregator

/// The settings of `pin: { file: … }`.
package struct PinSettings: CommonSettings {
    /// What happens to a tool that has changed.
    package enum Change: String, Sendable, CaseIterable { case warn, block }

    package var common = Common()
    /// Where the definitions are kept.
    package var file = Text("")
    package var change = Change.warn

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        Key.common + [
            Key(
                "file", \.file, .path,
                "Where what tools were is kept; private. Whoever takes a tool's line out accepts the "
                    + "tool as it is, within two seconds. A relative path starts from the folder of "
                    + "this file.", isRequired: true, example: "/var/lib/manifold/pins.json"),
            Key(
                "change", \.change, .choice,
                "What happens to a tool that has changed: the log and `manifold status` say so "
                    + "(`warn`), or it is not published either (`block`)."),
        ])
}
