package import Aggregator

/// The settings of `hide: { items: […] }`.
package struct HideSettings: Settings {
    /// Original `upstream/name` patterns of what is not published.
    package var items: [String] = []

    package init() {}

    /// How the settings are written.
    package static let shape = Shape(
        Self(),
        [
            Key(
                "items", \.items, Format<String>.filled.ofItems().list(atLeast: 1),
                "Globs over the original `upstream/name`.", isRequired: true,
                example: "[\"crm/delete_*\"]")
        ])
}
