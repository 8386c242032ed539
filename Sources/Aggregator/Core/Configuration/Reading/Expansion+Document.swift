package import Wire

extension Expansion {
    /// The variables that a document's values refer to, each once, in the order of the document.
    package static func references(in document: Node) -> [Reference] {
        var found: [Reference] = []
        collect(document, into: &found)
        return found
    }

    /// The secrets that a document's values refer to, each once, in the order of the document.
    package static func secrets(in document: Node) -> [String] {
        switch document.content {
        case .scalar(let scalar): secrets(in: scalar.text)
        case .sequence(let items): unique(items.flatMap { secrets(in: $0) })
        case .mapping(let entries): unique(entries.flatMap { secrets(in: $0.value) })
        }
    }

    private static func unique(_ names: [String]) -> [String] {
        names.reduce(into: []) { found, name in
            if !found.contains(name) { found.append(name) }
        }
    }

    private static func collect(_ node: Node, into found: inout [Reference]) {
        switch node.content {
        case .scalar(let scalar):
            for reference in references(in: scalar.text)
            where !found.contains(where: { $0.name == reference.name }) {
                found.append(reference)
            }
        case .sequence(let items): for item in items { collect(item, into: &found) }
        case .mapping(let entries): for entry in entries { collect(entry.value, into: &found) }
        }
    }
}
