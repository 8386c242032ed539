import Aggregator

/// The words of one command, taken apart as its syntax says.
struct Arguments: Sendable {
    let syntax: Syntax
    private(set) var operands: [String] = []
    private(set) var values: [String: String] = [:]
    private(set) var flags: Set<String> = []
    /// Every value of options that may be given several times, in order.
    private(set) var lists: [String: [String]] = [:]
    /// What follows `--`, for commands that take another command.
    private(set) var command: [String] = []

    /// The value of an option, if it was given.
    subscript(_ option: String) -> String? { values[option] }

    /// Whether an option without a value was given.
    func has(_ option: String) -> Bool { flags.contains(option) }

    /// Takes the words that follow the command's name apart.
    init(_ words: [String], _ syntax: Syntax) throws(UsageError) {
        self.syntax = syntax
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                if syntax.takesCommand { command = Array(rest) } else { operands += rest }
                break
            }
            if word == "-h" {
                flags.insert("help")
            } else if word.hasPrefix("--") {
                try take(word.dropFirst(2), &rest)
            } else {
                operands.append(word)
            }
        }
        guard !has("help") else { return }
        guard syntax.count.contains(operands.count) else {
            let words = [syntax.operands, syntax.command ?? ""].filter { !$0.isEmpty }
            let wanted = words.isEmpty ? "no arguments" : words.joined(separator: " ")
            throw UsageError("'manifold \(syntax.name)' takes \(wanted)", syntax)
        }
    }

    /// The duration that an option gives, else `standard`.
    func duration(_ option: String, or standard: Duration) throws(UsageError) -> Duration {
        guard let text = self[option] else { return standard }
        guard let duration = Duration(written: text), duration > .zero else {
            throw UsageError("'--\(option)' must be a duration such as 500ms, 30s or 2min", syntax)
        }
        return duration
    }

    private mutating func take(
        _ word: Substring, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        guard let option = syntax.allOptions.first(where: { $0.name == name }) else {
            let known = syntax.allOptions.map(\.name)
            let question =
                Suggestion.nearest(to: name, among: known)
                .map { "; did you mean '--\($0)'?" } ?? ""
            throw UsageError("unknown option '--\(name)'\(question)", syntax)
        }
        guard option.value != nil else {
            guard parts.count == 1 else {
                throw UsageError("'--\(name)' takes no value", syntax)
            }
            flags.insert(name)
            return
        }
        guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
            throw UsageError("'--\(name)' needs a value", syntax)
        }
        values[name] = value
        lists[name, default: []].append(value)
    }
}

/// A command line that cannot be understood; exit code 2.
struct UsageError: Error {
    let message: String

    /// A mistake as a clause; the hint at the help is added, the command's own if it is known.
    init(_ message: String, _ syntax: Syntax? = nil) {
        let hint = syntax.map { "manifold \($0.name) --help" } ?? "manifold --help"
        let end = message.hasSuffix("?") || message.hasSuffix(".") ? "" : "."
        self.message = "manifold: \(message)\(end) See '\(hint)'."
    }
}
