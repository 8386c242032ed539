/// A place in a configuration text, counted from 1.
package struct Mark: Sendable, Hashable {
    /// The line, the first being 1.
    package let line: Int
    /// The column in characters, the first being 1.
    package let column: Int

    /// A place by line and column.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// A parsed configuration document, before anybody knows what its keys mean.
package struct Node: Sendable {
    /// What a node holds.
    package enum Content: Sendable {
        /// A word or text. Only a plain one may mean a number, a truth value or nothing.
        case scalar(String, isQuoted: Bool)
        /// Nodes in order.
        case sequence([Node])
        /// Keys and values in order.
        case mapping([Entry])
    }

    /// One key and its value.
    package struct Entry: Sendable {
        /// The key.
        package let key: String
        /// Where the key begins.
        package let mark: Mark
        /// The value.
        package let value: Node

        /// An entry of a mapping.
        package init(key: String, mark: Mark, value: Node) {
            self.key = key
            self.mark = mark
            self.value = value
        }
    }

    /// What it holds.
    package let content: Content
    /// Where it begins.
    package let mark: Mark

    /// A node that begins at a mark.
    package init(_ content: Content, at mark: Mark) {
        self.content = content
        self.mark = mark
    }

    /// The value of the first entry with this key; nil when there is none or it is no mapping.
    package subscript(_ key: String) -> Node? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }
}
