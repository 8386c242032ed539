import Aggregator
import Machine
import Wire

/// `manifold rules test`.
struct TestRules: CommandRun {
    static let syntax = Syntax(
        "rules test", "Run the examples of jq rules: those of the configuration, or of files.",
        operands: "[FILE.jq | FOLDER …]", count: 0...10_000,
        options: [
            .init("accept", "RECORDING", "write what now comes of recorded calls as examples"),
            .init("strict", nil, "fail where a rule has no examples"),
        ],
        example: "manifold rules test config/rules")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let rules = try rules(environment)
        guard !rules.isEmpty else {
            Notices(environment).say("manifold: there are no jq rules to test.")
            return arguments.has("strict") ? ExitCode.failure : ExitCode.success
        }
        let acceptance = try acceptance(environment)
        let ink = Ink(descriptor: 1, environment)
        return try RuleBench.run(rules.map(\.settings), environment) { bench in
            if let acceptance { return await accept(rules, acceptance, bench) }
            var runs: [ExampleRun] = []
            for (index, rule) in rules.enumerated() {
                runs.append(await ExampleRun(rule, bench[index]))
            }
            return report(ExampleReport(runs: runs, isStrict: arguments.has("strict")), ink)
        }
    }

    private func rules(_ environment: Environment) throws(LoadError) -> [TestedRule] {
        guard arguments.operands.isEmpty else { return try TestedRule.all(at: arguments.operands) }
        let loaded = try LoadedConfiguration.load(
            flag: arguments["config"], environment, usesSecrets: false)
        return try TestedRule.all(in: loaded, made: arguments["accept"] != nil)
    }

    private func acceptance(_ environment: Environment) throws -> Acceptance? {
        guard let path = arguments["accept"] else { return nil }
        return Acceptance(
            recording: try RecordingFile.read(path, for: Self.syntax),
            notices: Notices(environment))
    }

    private func accept(
        _ rules: [TestedRule], _ acceptance: Acceptance, _ bench: RuleBench
    ) async -> Int32 {
        var isDone = true
        for (index, rule) in rules.enumerated() {
            isDone = await acceptance.accept(rule, bench[index]) && isDone
        }
        return isDone ? ExitCode.success : ExitCode.failure
    }

    private func report(_ report: ExampleReport, _ ink: Ink) -> Int32 {
        if arguments.has("json") {
            StandardOutput.write(report.json + [UInt8(ascii: "\n")])
        } else {
            StandardOutput.write(report.text(ink))
        }
        return report.isGood ? ExitCode.success : ExitCode.failure
    }
}
