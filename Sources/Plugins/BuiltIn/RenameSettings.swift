package import Aggregator
import Wire

/// The settings of `rename: { "upstream/tool": "new-name" }`.
package struct RenameSettings: Settings {
    /// Original `upstream/tool` to the base of its published name.
    package var names: [String: String] = [:]

    package init() {}

    /// How the settings are written.
    package static let format = Format<Self>(names.schema) { node, reading in
        for entry in node.entries ?? [] { reading.mention(items: entry.key, at: entry.mark) }
        return names.read(node, &reading).map { names in
            var settings = Self()
            settings.names = names
            return settings
        }
    }

    private static let names = Format<String>.publishedName.dictionary()
}
