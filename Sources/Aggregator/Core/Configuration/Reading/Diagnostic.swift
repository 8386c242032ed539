package import Wire

/// One thing that is wrong with a configuration, and where.
package struct Diagnostic: Error, Sendable, Hashable {
    /// The place that the caret points at.
    package let mark: Node.Mark
    /// A sentence without a period; it never contains a value that came from expansion.
    package let message: String
    /// Lines that show what it is about, where that is not the configuration itself.
    package let excerpt: [String]

    /// A sentence about a place.
    package init(_ message: String, at mark: Node.Mark, excerpt: [String] = []) {
        self.message = message
        self.mark = mark
        self.excerpt = excerpt
    }
}

/// Everything that is wrong with a configuration, in the order of the file.
package struct Diagnostics: Error, Sendable, Hashable {
    package let all: [Diagnostic]

    /// Diagnostics in any order.
    package init(_ all: [Diagnostic]) {
        self.all = all.sorted { ($0.mark, $0.message) < ($1.mark, $1.message) }
    }
}
