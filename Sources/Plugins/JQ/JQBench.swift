package import Aggregator

/// Rules that are tried rather than served: the same hosts, programs and workers as live ones.
///
/// Their errors are told whole, because whoever tries them has the documents.
package struct JQBench: Sendable {
    private let rules: JQRules
    private let tools: PluginTools

    /// The rules of these settings, none of which is only watched here; nothing is started yet.
    package init(_ settings: [JQSettings], _ tools: PluginTools) {
        let settings = settings.map { settings in
            var settings = settings
            settings.isShadow = false
            return settings
        }
        rules = JQRules(settings, tools)
        self.tools = tools
    }

    /// Keeps the workers until the task is cancelled.
    package func run() async { await rules.pool.run() }

    /// What is wrong with the programs, for people; waits until they are compiled.
    package func problems() async -> [RuleProblem] { await rules.complaints() }

    /// Whether the workers can do nothing but compute.
    package var isConfined: Bool { rules.pool.isConfined }

    /// One of the rules as it stands in a chain, at some of its hooks only.
    package func host(_ index: Int, at hooks: Set<Scope.Hook>, _ log: Log) -> RuleHost {
        let settings = rules.settings[index]
        let scope = settings.common.scope(
            hooks.intersection(settings.guarding.hooks), methods: settings.wanted)
        return RuleHost(
            settings.common.name ?? "jq",
            JQRule(settings, number: index, rules.pool, showsValues: true),
            scope: scope, safety: settings.guarding.safety, time: tools.time, log: log)
    }
}
