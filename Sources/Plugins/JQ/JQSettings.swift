import Aggregator
package import Wire

/// The settings of `jq: { program: … }`: one rule.
package struct JQSettings: GuardingSettings {
    package var common = Common()
    package var guarding = Guarding([.request], isSecurity: false)
    /// Which methods, by their names; nil for what concerns an item.
    package var methods: [String] = []
    /// The program that says whether a rule is meant.
    package var condition: Source?
    /// The program itself; always there in what was read without an error.
    package var program: Source?
    /// What the program is given.
    package var part = Part.document
    /// What is done when the program has no output.
    package var empty = Empty.refuse
    /// What is done with what jq cannot hold; nil for what is done with every failure.
    package var lossy: Lossy?
    /// Whether it is only looked at what would be changed.
    package var isShadow = false

    package init() {}

    /// A program, and where it is written.
    package struct Source: Sendable, Equatable {
        package let text: String
        /// The file that it is in; nil for the configuration itself.
        package let file: String?

        /// A program of a file, or of the configuration itself.
        package init(_ text: String, file: String? = nil) {
            self.text = text
            self.file = file
        }

        /// A sentence about a place in the program, with its line and a caret.
        package func show(_ reason: String, line: Int, column: Int?) -> String {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let place = file.map { "'\($0)', line \(line)" } ?? "line \(line) of the program"
            guard line > 0, line <= lines.count else { return reason }
            let caret = column ?? (lines[line - 1].prefix { $0 == " " || $0 == "\t" }.count + 1)
            return "\(place): \(reason)\n    \(lines[line - 1])\n    "
                + String(repeating: " ", count: caret - 1) + "^"
        }
    }

    /// Which requests it wants to see.
    package var wanted: Set<Method> { Scope.methods(matching: methods) }

    /// Whether it wants to see notifications of a method.
    package func hears(_ method: Method) -> Bool {
        methods.isEmpty || methods.contains { Glob($0).matches(method.name) }
    }

    /// What of a message one run of the program is given.
    package enum Part: String, Sendable, CaseIterable {
        /// The arguments, the result, the error or the parameters as a whole.
        case document
        /// Each block of content by itself.
        case block
        /// Each text by itself, or the JSON inside of it, and the structured content.
        case text
    }

    /// What no output means.
    package enum Empty: String, Sendable, CaseIterable { case refuse, drop }

    /// What is done with a document that jq cannot hold.
    package enum Lossy: String, Sendable, CaseIterable { case refuse, pass }
}
