import Aggregator
import Machine
import Plugins
import Synchronization

/// Rules on trial: their workers run as long as a body does.
struct RuleBench: Sendable {
    let bench: JQBench
    let time: any Timekeeper

    /// Compiles these rules and runs a body with them; throws what is wrong with the programs.
    static func run(
        _ rules: [JQSettings], _ environment: Environment,
        _ body: @escaping @Sendable (RuleBench) async -> Int32
    ) throws -> Int32 {
        let loop = try EventLoop.make()
        let failure = Mutex<LoadError?>(nil)
        let code = loop.run {
            let tools = Assembly(loop: loop, environment: environment, log: .none)
                .pluginTools(keepsFiles: false)
            let bench = RuleBench(bench: JQBench(rules, tools), time: loop)
            return await withTaskGroup(of: Int32?.self, returning: Int32.self) { group in
                group.addImmediateTask {
                    await bench.bench.run()
                    return nil
                }
                defer { group.cancelAll() }
                let problems = await bench.bench.problems()
                guard problems.isEmpty else {
                    failure.withLock {
                        $0 = LoadError(problems.map { "manifold: \($0.text)\n" }.joined())
                    }
                    return ExitCode.usage
                }
                return await body(bench)
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return code
    }

    /// One of the rules, by its place in the list.
    subscript(_ rule: Int) -> RuleTrial { RuleTrial(bench, rule: rule, time: time) }
}
