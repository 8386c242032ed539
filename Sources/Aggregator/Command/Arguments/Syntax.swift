/// How one command is written; parsing and `--help` both come from it.
struct Syntax: Sendable {
    /// An option of a command.
    struct Option: Sendable {
        /// Without the dashes.
        let name: String
        /// What its value is called in the help; nil for an option without a value.
        let value: String?
        let help: String

        /// An option; without `value` it is a flag.
        init(_ name: String, _ value: String? = nil, _ help: String) {
            self.name = name
            self.value = value
            self.help = help
        }
    }

    let name: String
    let summary: String
    /// The positional arguments as the help shows them, such as `NAME [JSON|-]`.
    let operands: String
    /// How many positional arguments there may be.
    let count: ClosedRange<Int>
    let options: [Option]
    let example: String
    /// Whether what follows `--` is taken as it is.
    let takesCommand: Bool

    /// A command without operands or options of its own, unless given.
    init(
        _ name: String, _ summary: String, operands: String = "", count: ClosedRange<Int> = 0...0,
        options: [Option] = [], example: String, takesCommand: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.operands = operands
        self.count = count
        self.options = options
        self.example = example
        self.takesCommand = takesCommand
    }

    /// Options that every command has.
    static let common = [
        Option("config", "FILE", "the configuration file (else $MANIFOLD_CONFIG, …)"),
        Option("log-level", "LEVEL", "debug, info, warning or error"),
        Option("log-file", "FILE", "where log lines go instead of standard error"),
        Option("json", nil, "machine-readable output"),
        Option("help", nil, "this text"),
    ]

    /// What `manifold NAME --help` prints.
    var help: String {
        let all = options + Self.common
        let width = all.map { $0.title.count }.max() ?? 0
        let lines = all.map { option in
            let gap = String(repeating: " ", count: width - option.title.count + 2)
            return "  \(option.title)\(gap)\(option.help)"
        }
        let words = ["manifold", name, operands, "[options]"].filter { !$0.isEmpty }
        return """
            \(summary)

            Usage: \(words.joined(separator: " "))

            Options:
            \(lines.joined(separator: "\n"))

            Example:
              \(example)

            """
    }
}

extension Syntax.Option {
    fileprivate var title: String { value.map { "--\(name) \($0)" } ?? "--\(name)" }
}
