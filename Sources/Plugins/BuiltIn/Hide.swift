package import Aggregator

/// Takes items out of the catalog; what nobody can see, nobody can call.
package struct Hide: Plugin {
    package let name = "hide"
    private let patterns: [Glob]

    /// A plugin that hides what these settings name.
    package init(_ settings: HideSettings) { patterns = settings.items.map(Glob.init) }

    package func edit(_ items: inout [Item]) {
        items.removeAll { hides($0.kind, $0.upstream, $0.originalText) }
    }

    package func hides(_ kind: Item.Kind, _ upstream: String, _ original: String) -> Bool {
        let path = "\(upstream)/\(original)"
        return patterns.contains { $0.matches(path) }
    }
}
