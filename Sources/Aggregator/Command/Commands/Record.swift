import Aggregator
import Machine

/// `manifold record`.
struct Record: CommandRun {
    static let syntax = Syntax(
        "record", "Serve, and write down what is said to servers and by them, without secrets.",
        options: Serve.syntax.options + [
            .init("output", "FILE", "where it is written (default ~/.cache/manifold/recordings/…)"),
            .init("upstream", "NAME", "record this upstream only; may be repeated"),
        ],
        example: "manifold record --output calls.jsonl --upstream crm")

    static let isServer = true

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        try Serve(arguments: arguments).run(environment) { configuration in
            let upstreams = arguments.lists["upstream"] ?? []
            for name in upstreams {
                guard configuration.enabled(fitting: name).isEmpty else { continue }
                throw UsageError(unknown: name, in: configuration, Self.syntax)
            }
            return RecordingPlan(
                configuration, output: arguments["output"], upstreams: upstreams)
        }
    }
}
