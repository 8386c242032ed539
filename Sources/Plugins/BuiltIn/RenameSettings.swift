package import Aggregator

/// The settings of `rename: { "upstream/tool": "new-name" }`.
package struct RenameSettings: Settings {
    /// Original `upstream/tool` to the base of its published name.
    package var names: [String: String] = [:]

    package init() {}

    /// How the settings are written.
    package static let format = Format<String>.publishedName.dictionary().map(
        { names in
            var settings = Self()
            settings.names = names
            return settings
        }, back: \.names)
}
