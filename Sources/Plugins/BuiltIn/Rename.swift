package import Aggregator

/// Gives tools and prompts other names; the upstream's prefix still goes in front.
package struct Rename: Plugin {
    package let name = "rename"
    private let names: [String: String]

    /// A plugin that renames as these settings say.
    package init(_ settings: RenameSettings) { names = settings.names }

    package func edit(_ items: inout [Item]) {
        for index in items.indices where items[index].kind.isNamed {
            let item = items[index]
            if let new = names["\(item.upstream)/\(item.originalText)"] { items[index].base = new }
        }
    }
}
