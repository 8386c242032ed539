import Aggregator
import Machine
import Sandbox

/// All jq rules of a configuration, whose programs are compiled and run together.
struct JQRules {
    /// The settings of each, in the order of the configuration.
    let settings: [JQSettings]
    let pool: Pool

    /// The rules of a configuration; nothing is started yet.
    init(_ configuration: Configuration, _ tools: PluginTools) {
        self.init(Self.settings(of: configuration), tools)
    }

    /// The rules of these settings; nothing is started yet.
    ///
    /// With `isOnTrial`, one without a name may be no entry of a configuration, but a program or a file.
    init(_ settings: [JQSettings], _ tools: PluginTools, isOnTrial: Bool = false) {
        self.settings = settings
        let programs = settings.map { rule in
            Program(rule.program?.text ?? ".", when: rule.condition?.text)
        }
        pool = Pool(
            programs, Pool.Settings(ready: Processors.count),
            workshop: TemplateWorkshop(
                tools.programs?.loop, executable: Self.executable, log: tools.log),
            time: tools.time, log: tools.log,
            describe: { refusal in
                let rule = settings[Int(refusal.rule)]
                let isKnown = settings.count == 1 || rule.program?.file != nil
                return rule.words(refusal, isKnown: isOnTrial && isKnown)
            })
    }

    /// The jq rules of a configuration, in its order.
    static func settings(of configuration: Configuration) -> [JQSettings] {
        configuration.plugins.compactMap { $0.settings as? JQSettings }
    }

    /// The plugin of one of the rules; what one with the same entry has counted before goes on.
    func plugin(
        _ rule: JQSettings, _ tools: PluginTools, after old: (any Plugin)?
    ) -> (any Plugin)? {
        guard let number = settings.firstIndex(of: rule) else { return nil }
        let old = old as? RuleHost
        return PluginKinds.host(
            JQRule(rule, number: number, pool, after: old?.rule as? JQRule), rule, tools,
            methods: rule.wanted, counters: old?.counters ?? PluginCounters())
    }

    /// What is wrong with the programs, once libjq has looked at them; nothing is run.
    func problems() async -> [String] {
        guard !settings.isEmpty else { return [] }
        return await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await pool.run() }
            defer { group.cancelAll() }
            return await complaints()
        }
    }

    /// The same while the pool runs.
    func complaints() async -> [String] {
        guard !settings.isEmpty else { return [] }
        do throws(Failure) {
            return try await pool.refusals().map(pool.describe)
        } catch {
            return [error.message]
        }
    }

    /// The running program, also when its file has been replaced meanwhile.
    private static var executable: String {
        #if os(Linux)
        "/proc/self/exe"
        #else
        Environment.executablePath ?? "manifold"
        #endif
    }
}

extension JQSettings {
    /// What is wrong with the program of this rule; with `isKnown`, whoever reads it knows which rule is
    /// meant when it has no name.
    fileprivate func words(_ refusal: Report.Refusal, isKnown: Bool) -> String {
        guard let program else { return refusal.reason }
        let reason = program.show(refusal.reason, line: Int(refusal.line), column: nil)
        if let name = common.name { return "rule '\(name)', \(reason)" }
        guard isKnown else { return "rule without a name, \(reason)" }
        // A line says of which program it is.
        return refusal.line > 0
            ? reason : "\(program.file.map { "'\($0)'" } ?? "the program"): \(reason)"
    }
}
