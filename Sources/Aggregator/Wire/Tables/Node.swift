/// A parsed configuration document: scalars, sequences and mappings, each with its place.
///
/// The machine makes it from YAML, the core decodes it. Anchors are already expanded; an aliased
/// node keeps the place where it is written.
package struct Node: Sendable, Hashable {
    /// Where the node begins.
    package let mark: Mark
    /// What the node is.
    package let content: Content

    /// A node at a place.
    package init(_ content: Content, at mark: Mark) {
        self.content = content
        self.mark = mark
    }

    /// The three kinds of node.
    package indirect enum Content: Sendable, Hashable {
        case scalar(Scalar)
        case sequence([Node])
        case mapping([Entry])
    }

    /// A key of a mapping and its value; the order of the document is kept.
    package struct Entry: Sendable, Hashable {
        package let key: String
        package let mark: Mark
        package let value: Node

        /// An entry whose key is written at a place.
        package init(key: String, at mark: Mark, value: Node) {
            self.key = key
            self.mark = mark
            self.value = value
        }
    }

    /// A place in a document: line and column, both counted from 1, columns in characters.
    package struct Mark: Sendable, Hashable, Comparable {
        package let line: Int
        package let column: Int

        /// A place by line and column.
        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        package static func < (one: Self, other: Self) -> Bool {
            (one.line, one.column) < (other.line, other.column)
        }
    }
}

extension Node {
    /// The scalar, when the node is one.
    package var scalar: Scalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The items, when the node is a sequence.
    package var items: [Node]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    /// The entries, when the node is a mapping.
    package var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The value of a key, when the node is a mapping that has it.
    package subscript(_ key: String) -> Node? {
        entries?.first { $0.key == key }?.value
    }
}
