package import Aggregator

/// Gives tools and prompts other names; the upstream's prefix still goes in front.
package struct Rename: Plugin {
    package let name = "rename"
    package let kind = "rename"
    package let scope = Scope([.catalog])
    package let counters = PluginCounters()
    private let names: [String: String]

    /// A plugin that renames as these settings say.
    package init(_ settings: RenameSettings) { names = settings.names }

    package func review(_ item: Item) -> Item? {
        guard item.kind.isNamed, let new = names["\(item.upstream)/\(item.originalText)"] else {
            return item
        }
        var item = item
        item.base = new
        return item
    }
}
