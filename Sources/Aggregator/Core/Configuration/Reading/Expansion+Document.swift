package import Wire

extension Expansion {
    /// The variables that a document's values refer to, each once, in the order of the document.
    package static func references(in document: Node) -> [Reference] {
        var found: [Reference] = []
        collect(document, into: &found)
        return found
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
