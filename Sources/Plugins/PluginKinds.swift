package import Aggregator
import Wire

/// The kinds of plugin; adding one adds its files and its lines here.
package enum PluginKinds {
    /// How each kind is written in a configuration, in the order of the documentation.
    package static let all: [Kind] = [
        Kind(
            "hide", .object(HideSettings.shape), "Tools, prompts or resources that nobody sees.",
            example: "{ items: [\"crm/delete_*\"] }"),
        Kind(
            "rename", RenameSettings.format,
            "Original `upstream/tool` to the name it is published under, before the prefix.",
            example: "{ \"clock/get_current_time\": now }"),
        Kind(
            "access", .object(AccessSettings.shape), "Who may use what, and sees it.",
            example: "{ deny: [\"crm/delete_*\"] }"),
        Kind(
            "redact", .object(RedactSettings.shape),
            "What nobody should read, on its way to servers and back.",
            example: "{ upstream: crm, patterns: [\"[0-9]{9,}\"] }"),
        Kind(
            "tokenize", .object(TokenizeSettings.shape),
            "What servers should not read, and gets its value back in their answers.",
            example: "{ upstream: crm, fields: [\"**.email\"], keys: [\"${env:TOKEN_KEY}\"] }"),
        Kind(
            "jq", .object(JQSettings.shape), "What a jq program makes of it.",
            example: "{ on: response, upstream: crm, tool: \"get_*\", program: del(.internal) }"),
        Kind(
            "executable", ExecutableSettings.format,
            "What a program of your own makes of it, in any language.",
            example: "{ command: python3, args: [mask.py], on: [request, response] }"),
        Kind(
            "limit", .object(LimitSettings.shape), "How often, and how many at a time.",
            example: "{ calls: 60, per: 1 min, each: [principal] }"),
        Kind(
            "timeout", .object(TimeoutSettings.shape), "How long a whole call may take.",
            example: "{ upstream: crm, after: 30 s }"),
        Kind(
            "audit", .object(AuditSettings.shape), "One line of JSON about every call.",
            example: "{ file: /var/log/manifold/audit.jsonl }"),
        Kind(
            "integers", .object(IntegersSettings.shape),
            "Integers beyond 2^53 as strings, for clients that round them.",
            example: "{ client: \"claude*\" }"),
        Kind(
            "pin", .object(PinSettings.shape), "Tools that are not what they once were.",
            example: "{ file: /var/lib/manifold/pins.json, change: block }"),
        Kind(
            "schema", .object(SchemaSettings.shape), "Tools whose schema is broken, left out.",
            example: "{}"),
    ]

    /// How the section about recording is written.
    package static let record = Kind(
        "record", .object(RecordSettings.shape),
        "What is said to servers and by them, written to a file, secrets taken out; without this section "
            + "nothing is. `manifold record` does it once.",
        example: "{ upstream: crm }")

    /// The plugin chain of a configuration, outermost first.
    ///
    /// What was in force before goes on with what it has counted, where its entry is the same.
    package static func chain(
        _ configuration: Configuration, _ tools: PluginTools,
        after old: (configuration: Configuration, plugins: [any Plugin])? = nil
    ) -> [any Plugin] {
        var known = old.map { Array(zip($0.configuration.plugins, $0.plugins)) } ?? []
        let rules = JQRules(configuration, tools)
        // The programs of jq rules are compiled together: either all of them run on, or none.
        let isCompiled =
            old.map { JQRules.settings(of: $0.configuration) == rules.settings } ?? false
        return configuration.plugins.compactMap { entry in
            let index = known.firstIndex { $0.0 == entry }
            let same = index.map { known.remove(at: $0).1 }
            guard let settings = entry.settings as? JQSettings, !isCompiled else {
                return same ?? plugin(entry.settings, tools)
            }
            return rules.plugin(settings, tools, after: same)
        }
    }

    /// What is wrong with the programs of rules, which only their compiler can tell, for people.
    ///
    /// Nothing, and at once, where they are those of `old`.
    package static func problems(
        _ configuration: Configuration, _ tools: PluginTools, after old: Configuration? = nil
    ) async -> [RuleProblem] {
        let rules = JQRules(configuration, tools)
        if let old, JQRules.settings(of: old) == rules.settings { return [] }
        return await rules.problems()
    }

    private static func plugin(_ settings: any Settings, _ tools: PluginTools) -> (any Plugin)? {
        switch settings {
        case let settings as HideSettings: Hide(settings)
        case let settings as RenameSettings: Rename(settings)
        case let settings as AccessSettings: Access(settings)
        case let settings as RedactSettings: host(Redact(settings, tools), settings, tools)
        case let settings as TokenizeSettings:
            host(
                Tokenize(settings, name: settings.common.name ?? "tokenize", tools), settings,
                tools)
        case let settings as ExecutableSettings:
            host(ExecutableRule(settings, tools), settings, tools, methods: settings.wanted)
        case let settings as LimitSettings: Limit(settings, tools)
        case let settings as TimeoutSettings: Timeout(settings, tools)
        case let settings as AuditSettings: Audit(settings, tools)
        case let settings as IntegersSettings:
            RuleHost(
                settings.common.name ?? "integers", Integers(settings),
                scope: settings.common.scope([.response, .catalog]), safety: Safety(),
                time: tools.time, log: tools.log)
        case let settings as PinSettings: Pin(settings, tools)
        case let settings as SchemaSettings: SchemaCheck(settings, tools)
        default: nil
        }
    }

    /// A rule in a chain, for what its settings cover.
    static func host(
        _ rule: any Rule, _ settings: any GuardingSettings, _ tools: PluginTools,
        methods: Set<Method> = Scope.calls, counters: PluginCounters = PluginCounters()
    ) -> RuleHost {
        RuleHost(
            settings.common.name ?? rule.kind, rule,
            scope: settings.common.scope(Set(settings.guarding.hooks), methods: methods),
            safety: settings.guarding.safety, time: tools.time, log: tools.log,
            counters: counters)
    }
}
