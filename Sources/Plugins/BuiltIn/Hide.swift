package import Aggregator

/// Takes items out of the catalog; what nobody can see, nobody can call.
package struct Hide: Plugin {
    package let name = "hide"
    package let kind = "hide"
    package let scope = Scope([.catalog])
    package let counters = PluginCounters()
    private let patterns: [Glob]

    /// A plugin that hides what these settings name.
    package init(_ settings: HideSettings) { patterns = settings.items.map(Glob.init) }

    package func review(_ item: Item) -> Item? {
        hides("\(item.upstream)/\(item.originalText)") ? nil : item
    }

    package func hides(_ kind: Item.Kind, _ target: Target, from client: Envelope?) -> Bool {
        hides("\(target.upstream)/\(String(decoding: target.original, as: UTF8.self))")
    }

    private func hides(_ path: String) -> Bool { patterns.contains { $0.matches(path) } }
}
