import Aggregator
import Machine
import Plugins
import Wire

/// `manifold rules try`.
struct TryRule: CommandRun {
    static let syntax = Syntax(
        "rules try", "Show what a jq rule would make of recorded calls, or of a pasted message.",
        operands: "PROGRAM | FILE.jq [RECORDING | -]", count: 1...2,
        options: [
            .init(
                "on", "HOOK", "request, response, notification or catalog; or several, with commas"),
            .init("scope", "PART", "what the program is given: document, block or text"),
            .init("upstream", "GLOB", "which upstreams it is about; may be given several times"),
            .init("tool", "GLOB", "which tools it is about; may be given several times"),
            .init("when", "PROGRAM", "the jq program that says whether the rule is meant"),
        ],
        example: "echo '{\"limit\": null}' | manifold rules try '.limit //= 20' -", config: nil)

    let arguments: Arguments

    /// How much is read at most.
    static let limit = 256 << 20

    func run(_ environment: Environment) throws -> Int32 {
        var (rule, isSettled) = try rule()
        let found = try specimens(
            environment, rule, hook: isSettled ? rule.guarding.hooks.first : nil)
        if !isSettled { rule.guarding.hooks = [found.hook] }
        let settings = rule
        let ink = Ink(descriptor: 1, environment)
        return try RuleBench.run([settings], environment) { bench in
            var report = TrialReport(hooks: settings.guarding.hooks)
            for specimen in found.specimens {
                if let entry = await Self.entry(specimen, settings, bench[0]) { report.add(entry) }
            }
            return show(report, ink)
        }
    }

    // MARK: The rule

    /// The rule, and whether it says where it looks.
    private func rule() throws -> (JQSettings, isSettled: Bool) {
        let word = arguments.operands[0]
        var settings = JQSettings()
        var isSettled = arguments["on"] != nil
        if word.hasSuffix(".jq"), !word.utf8.contains(UInt8(ascii: " ")) {
            if let own = try TestedRule.sidecar(JQSidecar.path(beside: word)).settings {
                settings = own
                isSettled = true
            }
            settings.program = try JQSettings.Source(at: word)
        } else {
            settings.program = try JQSettings.Source(checked: word, file: nil)
        }
        if let words = arguments["on"] { settings.guarding.hooks = try Self.hooks(words) }
        if let word = arguments["scope"] {
            guard let part = JQSettings.Part(rawValue: word) else {
                throw UsageError("'--scope' must be document, block or text", Self.syntax)
            }
            settings.part = part
        }
        if let text = arguments["when"] {
            settings.condition = try JQSettings.Source(
                checked: text, file: nil, called: "'--when'")
        }
        if let globs = arguments.lists["upstream"] { settings.common.upstreams = globs }
        if let globs = arguments.lists["tool"] { settings.common.tools = globs }
        return (settings, isSettled)
    }

    private static func hooks(_ words: String) throws(UsageError) -> [Scope.Hook] {
        let hooks = words.split(separator: ",").map { Scope.Hook(rawValue: String($0)) }
        guard !hooks.isEmpty, !hooks.contains(nil) else {
            throw UsageError("'--on' must be request, response, notification or catalog", syntax)
        }
        return hooks.compactMap(\.self)
    }

    // MARK: The messages

    private func specimens(
        _ environment: Environment, _ rule: JQSettings, hook: Scope.Hook?
    ) throws -> Specimen.Paste {
        let path = arguments.operands.count > 1 ? arguments.operands[1] : "-"
        let notices = Notices(environment)
        let text = try path == "-" ? pasted(notices) : Self.read(path)
        guard !text.isBlank else { throw Self.nothing(in: path) }
        let line = text.prefix { $0 != UInt8(ascii: "\n") }
        guard RecordedLine(Array(line)) != nil else {
            return try Self.specimens(text, rule, hook)
        }
        let recording =
            try path == "-"
            ? RecordingFile.understood([text], "standard input", for: Self.syntax)
            : RecordingFile.read(path, newest: text, for: Self.syntax)
        return Specimen.Paste(
            specimens: Specimen.all(in: recording, for: rule), hook: hook ?? .request)
    }

    private static func read(_ path: String) throws(UsageError) -> [UInt8] {
        do throws(MachineFailure) {
            return try File.read(path, limit: limit)
        } catch {
            throw UsageError(error.message, syntax)
        }
    }

    private static func nothing(in path: String) -> UsageError {
        let place = path == "-" ? "standard input" : "'\(path)'"
        return UsageError(
            "there is nothing to try: \(place) is empty. Give it a message of JSON-RPC, or arguments "
                + "or a result alone, or name a recording", syntax)
    }

    /// What is written to standard input.
    private func pasted(_ notices: Notices) -> [UInt8] {
        if Environment.isTerminal(0) {
            notices.say(
                "Paste a message of JSON-RPC, or arguments or a result alone, and end it with Ctrl-D."
            )
        }
        var bytes: [UInt8] = []
        while bytes.count <= Self.limit, BlockingStream.standardInput.read(into: &bytes) > 0 {}
        return bytes
    }

    private static func specimens(
        _ text: [UInt8], _ rule: JQSettings, _ hook: Scope.Hook?
    ) throws(UsageError) -> Specimen.Paste {
        do throws(RuleFault) {
            return try Specimen.paste(
                text, for: hook, upstream: rule.common.upstreams, tool: rule.common.tools)
        } catch {
            throw UsageError("what is to be tried cannot be read: \(error.reason)", syntax)
        }
    }

    /// What comes of a message at the hooks of the rule; nil where it passes none of them.
    private static func entry(
        _ specimen: Specimen, _ rule: JQSettings, _ trial: RuleTrial
    ) async -> TrialReport.Entry? {
        var outcomes: [(hook: Scope.Hook, outcome: RuleOutcome)] = []
        for hook in specimen.hooks where rule.guarding.hooks.contains(hook) {
            let outcome = await trial.judge(specimen, at: hook)
            outcomes.append((hook, outcome))
            // What does not go on has no answer.
            if outcome.after == nil { break }
        }
        guard !outcomes.isEmpty else { return nil }
        return TrialReport.Entry(
            subject: specimen.subject, place: specimen.place, outcomes: outcomes)
    }

    private func show(_ report: TrialReport, _ ink: Ink) -> Int32 {
        if arguments.has("json") {
            StandardOutput.write(report.json + [UInt8(ascii: "\n")])
        } else {
            StandardOutput.write(report.text(ink))
        }
        return report.tally.failed > 0 ? ExitCode.failure : ExitCode.success
    }
}

extension [UInt8] {
    /// Whether there is nothing but white space in it.
    fileprivate var isBlank: Bool { allSatisfy(\.isSpace) }
}
