package import Aggregator
import Sandbox
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
    /// What `manifold rules test` is to find; nothing looks at it while serving.
    package var examples = Examples.beside

    package init() {}

    /// A program, and where it is written.
    package struct Source: Sendable, Equatable {
        package let text: String
        /// The file that it is in; nil for the configuration itself.
        package let file: String?
        /// Where that file is, which messages do not show.
        package let path: String?
        /// What messages call it where it is in no file.
        let noun: String
        /// Where the configuration names it; a program that has moved is the same.
        var mark: Node.Mark?

        /// A program of a file, or of the configuration itself.
        package init(
            _ text: String, file: String? = nil, path: String? = nil,
            called noun: String = "the program"
        ) {
            self.text = text
            self.file = file
            self.path = path ?? file
            self.noun = noun
        }

        /// The same; throws what a rule cannot do in words for its author, with line and caret.
        package init(
            checking text: String, file: String?, called noun: String = "the program"
        ) throws(RuleFault) {
            self.init(text, file: file, called: noun)
            if let reason = fault { throw RuleFault(reason) }
        }

        package static func == (one: Self, other: Self) -> Bool {
            one.text == other.text && one.file == other.file && one.path == other.path
        }

        /// What a rule cannot do and this program asks for; nil when there is nothing.
        var fault: String? {
            do throws(ProgramCheck.Fault) {
                try ProgramCheck.check(text)
                return nil
            } catch {
                return show(error.reason, line: error.line, column: error.column)
            }
        }

        /// A sentence about a place in the program, with its line and a caret.
        package func show(_ reason: String, line: Int, column: Int?) -> String {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard line <= lines.count else {
                // What is wrong is found behind the program, in what is put around it.
                return show(
                    "it ends where more is expected", line: lines.count,
                    column: (lines.last?.count ?? 0) + 1)
            }
            let place = file.map { "'\($0)', line \(line)" } ?? "line \(line) of \(noun)"
            guard line > 0 else { return "\(file.map { "'\($0)'" } ?? noun): \(reason)" }
            let caret = column ?? (lines[line - 1].prefix { $0 == " " || $0 == "\t" }.count + 1)
            return "\(place): \(reason)\n    \(lines[line - 1])\n    "
                + String(repeating: " ", count: caret - 1) + "^"
        }
    }

    /// Where examples of the rule are.
    package enum Examples: Sendable, Equatable {
        /// In the file beside that of the program, if there is one.
        case beside
        /// In the entry itself.
        case here([JQExample])
        /// In a file of its own.
        case file(Text)
    }

    /// Whether a program of it may look at `$ctx`: nothing else spells it.
    var namesContext: Bool {
        [program, condition].contains { $0?.text.firstRange(of: "ctx") != nil }
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
