import Aggregator
import Machine
import Sandbox

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One command of the product: its syntax, and what it does.
protocol CommandRun: Sendable {
    /// How it is written; parsing and help come from it.
    static var syntax: Syntax { get }
    /// Whether its standard output belongs to a protocol, so that nothing else may be said there.
    static var isServer: Bool { get }
    /// The command with its words taken apart.
    init(arguments: Arguments)
    /// Does it and returns the exit code.
    func run(_ environment: Environment) throws -> Int32
}

extension CommandRun {
    /// Most commands print what they have found, and end.
    static var isServer: Bool { false }
}

/// The executable: arguments → configuration → objects → run → exit code.
@main
enum Manifold {
    /// Every command, in the order of the help.
    static var commands: [any CommandRun.Type] { groups.flatMap(\.commands) }

    /// The commands under the headings of the help.
    static var groups: [(title: String, commands: [any CommandRun.Type])] {
        [
            ("Serve", [Serve.self, Record.self, Bridge.self]),
            (
                "Try it out",
                [
                    ListTools.self, ListPrompts.self, ListResources.self, CallTool.self,
                    ReadResource.self,
                ]
            ),
            ("Check and watch", [Check.self, Status.self, Names.self]),
            ("Change what passes", [TryRule.self, TestRules.self]),
            ("Develop", [Replay.self, Emulate.self]),
            ("Set up", [Initialize.self, ImportServers.self, Install.self]),
            ("Other", [ShowVersion.self]),
        ]
    }

    /// Runs what the command line says, and exits.
    static func main() {
        // Before anything else, for such a process must not have more than it needs.
        if CommandLine.arguments.dropFirst().first == Template.argument { return Template.run() }
        StandardStreams.fillGaps()
        let words = Array(CommandLine.arguments.dropFirst())
        exit(run(words, as: CommandLine.arguments.first ?? ""))
    }

    /// Runs these words under the name that the program was called by; the only place where errors
    /// become exit codes.
    static func run(_ words: [String], as path: String = "manifold") -> Int32 {
        do {
            if let program = DropIn.program(calledAs: path) {
                return try program(words, .current())
            }
            return StandardOutput.exitCode(try dispatch(words))
        } catch let error as UsageError {
            StandardError.write(error.message + "\n")
            return ExitCode.usage
        } catch let error as LoadError {
            StandardError.write(error.text)
            return ExitCode.usage
        } catch {
            StandardError.write("manifold: \(error)\n")
            return ExitCode.failure
        }
    }

    private static func dispatch(_ words: [String]) throws -> Int32 {
        guard let first = words.first, !first.hasPrefix("-") else {
            return try withoutCommand(words)
        }
        if first == "help" {
            return words.count > 1 ? try dispatch(Array(words.dropFirst()) + ["--help"]) : help()
        }
        for command in commands {
            let name = command.syntax.name.split(separator: " ").map(String.init)
            if words.starts(with: name) { return try run(command, Array(words[name.count...])) }
        }
        return try withoutName(words)
    }

    /// The words are no command: the first of one that has two, or a mistake.
    private static func withoutName(_ words: [String]) throws -> Int32 {
        let family = commands.filter { $0.syntax.name.hasPrefix("\(words[0]) ") }
        let names = family.map { $0.syntax.name }
        guard !family.isEmpty else {
            let all = commands.map { $0.syntax.name }
            throw UsageError(
                "unknown command '\(words[0])'" + Suggestion.question(for: words[0], among: all))
        }
        guard words.dropFirst().allSatisfy({ $0 == "--help" || $0 == "-h" }), words.count > 1 else {
            throw UsageError(
                "'manifold \(words[0])' is one of: \(names.joined(separator: ", "))",
                family[0].syntax)
        }
        StandardOutput.write(family.map { $0.syntax.help }.joined(separator: "\n"))
        return ExitCode.success
    }

    /// Started by a client, it serves; started by a person, it says what it is.
    private static func withoutCommand(_ words: [String]) throws -> Int32 {
        if words.first == "--version" { return try run(ShowVersion.self, []) }
        if words.first == "--help" || words.first == "-h" { return help() }
        if words.isEmpty, Environment.isTerminal(0) { return help() }
        return try run(Serve.self, words)
    }

    private static func run(_ command: any CommandRun.Type, _ words: [String]) throws -> Int32 {
        let arguments = try Arguments(words, command.syntax)
        if arguments.has("help") {
            StandardOutput.write(command.syntax.help)
            return ExitCode.success
        }
        // Also where nothing is logged: what is misspelt does not do what was meant.
        _ = try LogSink.level(arguments)
        let run = command.init(arguments: arguments)
        guard arguments.has("json"), !command.isServer else { return try run.run(.current()) }
        return try telling { try run.run(.current()) }
    }

    /// Runs a body; what is wrong with a configuration or a file is printed as JSON, too.
    private static func telling(_ body: () throws -> Int32) throws -> Int32 {
        do {
            return try body()
        } catch let error as LoadError {
            StandardOutput.write(error.json + [UInt8(ascii: "\n")])
            throw error
        }
    }

    private static func help() -> Int32 {
        let width = commands.map { $0.syntax.name.count }.max() ?? 0
        let sections = groups.map { group in
            let lines = group.commands.map { command in
                let name = command.syntax.name
                let gap = String(repeating: " ", count: width - name.count + 2)
                return "  \(name)\(gap)\(command.syntax.summary)"
            }
            return "\(group.title):\n" + lines.joined(separator: "\n")
        }
        StandardOutput.write(
            """
            manifold: many MCP servers behind one.

            Usage: manifold COMMAND [options]

            \(sections.joined(separator: "\n\n"))

            Example:
              manifold init && manifold check --probe

            Without a command, and with standard input that is no terminal, it serves.
            'manifold COMMAND --help' shows a command's options and an example.

            """)
        return ExitCode.success
    }
}
