package import Wire

/// What is wrong with the program of a rule, which only its compiler can tell.
package struct RuleProblem: Sendable, Equatable {
    /// A sentence without a period, then lines of the program that it is about.
    package let lines: [String]
    /// Where the configuration names the program; nil where none does.
    package let mark: Node.Mark?

    /// The first line of a text says it, the others show it.
    init(_ text: String, at mark: Node.Mark? = nil) {
        lines = text.split(separator: "\n").map(String.init)
        self.mark = mark
    }

    /// All of it.
    package var text: String { lines.joined(separator: "\n") }
}
