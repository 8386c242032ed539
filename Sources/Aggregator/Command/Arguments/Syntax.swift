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
    /// What follows `--`, as the help shows it; nil where that is no command of the user's.
    let command: String?
    /// What `--config` names; nil for commands that read no configuration.
    let config: String?

    /// Whether what follows `--` is taken as it is.
    var takesCommand: Bool { command != nil }

    /// What `--config` names for nearly every command.
    static let usualConfig = "the configuration file (else $MANIFOLD_CONFIG, …)"

    /// A command without operands or options of its own, unless given.
    init(
        _ name: String, _ summary: String, operands: String = "", count: ClosedRange<Int> = 0...0,
        options: [Option] = [], example: String, command: String? = nil,
        config: String? = usualConfig
    ) {
        self.name = name
        self.summary = summary
        self.operands = operands
        self.count = count
        self.options = options
        self.example = example
        self.command = command
        self.config = config
    }

    /// Its own options, and those that all commands have.
    var allOptions: [Option] {
        options + (config.map { [Option("config", "FILE", $0)] } ?? []) + Self.common
    }

    /// Options that every command has.
    private static let common = [
        Option("log-level", "LEVEL", "debug, info, warning or error"),
        Option("log-file", "FILE", "where log lines go instead of standard error"),
        Option("json", nil, "machine-readable output"),
        Option("help", nil, "this text"),
    ]

    /// What `manifold NAME --help` prints.
    var help: String {
        let all = allOptions
        let width = all.map { $0.title.count }.max() ?? 0
        let lines = all.map { option in
            let gap = String(repeating: " ", count: width - option.title.count + 2)
            return "  \(option.title)\(gap)\(option.help)"
        }
        // What follows `--` is the command's, options too.
        let words = ["manifold", name, operands, "[options]", command ?? ""].filter { !$0.isEmpty }
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
