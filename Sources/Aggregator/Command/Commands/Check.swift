import Aggregator
import Machine
import Synchronization
import Wire

/// `manifold check`.
struct Check: CommandRun {
    static let syntax = Syntax(
        "check", "Validate the configuration; with --probe start every upstream and see.",
        options: [
            .init(
                "probe", nil,
                "start every upstream and plugin, look at the files, and say what was found"),
            .init(
                "timeout", "TIME",
                "how long to wait for the upstreams (default 30s; 3min with a runtime)"),
            .init("upstream", "NAME", "probe this one only"),
            .init("server", "NAME", "the name under which clients know us (default manifold)"),
        ],
        example: "manifold check --probe --timeout 1min")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let given = arguments["timeout"] == nil ? nil : try arguments.duration("timeout", or: .zero)
        guard arguments.has("probe") else {
            let idle = ["upstream", "timeout", "server"].first { arguments[$0] != nil }
            if let idle { throw UsageError("'--\(idle)' belongs to '--probe'", Self.syntax) }
            return try validate(environment)
        }
        let plan = Visit.Plan(
            only: arguments["upstream"], examines: { _ = try $0.doorKeys() }, reportsPlugins: true)
        return try Visit.run(arguments, environment, plan) { visit in
            if !arguments.has("json") {
                StandardError.write(visit.loaded.shownWarnings)
                visit.console.write("Configuration \(visit.loaded.location)\n\n")
            }
            let patience = given ?? Self.patience(visit.hub.configuration)
            _ = await visit.settle(within: patience)
            return await report(visit, patience, environment)
        }
    }

    /// As long as most servers need; longer where one may have to start from cold.
    private static func patience(_ configuration: Configuration) -> Duration {
        let isCold = configuration.upstreams.contains { $0.isEnabled && $0.kind == "runtime" }
        return isCold ? .seconds(180) : .seconds(30)
    }

    // MARK: Without starting anything

    private func validate(_ environment: Environment) throws -> Int32 {
        let loaded = try LoadedConfiguration.load(
            flag: arguments["config"], environment, usesSecrets: false)
        _ = try loaded.doorKeys()
        try compile(loaded, environment)
        if arguments.has("json") {
            StandardOutput.write(json(loaded) { _ in } + [UInt8(ascii: "\n")])
        } else {
            StandardError.write(loaded.shownWarnings)
            let ink = Ink(descriptor: 1, environment)
            StandardOutput.write(summary(loaded, ink))
        }
        return ExitCode.success
    }

    /// Only the compiler of rules can tell whether their programs are any.
    private func compile(
        _ loaded: LoadedConfiguration, _ environment: Environment
    ) throws(LoadError) {
        guard !loaded.configuration.plugins.isEmpty, let loop = try? EventLoop.make() else {
            return
        }
        let failure = Mutex<LoadError?>(nil)
        _ = loop.run {
            let tools = Assembly(loop: loop, environment: environment, log: .none)
                .pluginTools(keepsFiles: false)
            do throws(LoadError) {
                try await loaded.compile(tools)
            } catch {
                failure.withLock { $0 = error }
            }
            return ExitCode.success
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func summary(_ loaded: LoadedConfiguration, _ ink: Ink) -> String {
        let upstreams = loaded.configuration.upstreams
        var text = "Configuration \(loaded.location): \(ink("valid", .good)).\n"
        guard !upstreams.isEmpty else {
            return text + "There are no upstreams yet. Add one to the section 'upstreams'.\n"
        }
        var table = Table("UPSTREAM", "KIND", "PREFIX", "")
        for upstream in upstreams {
            let prefix = loaded.configuration.prefix(of: upstream)
            table.add(
                .init(upstream.name, .strong), .init(upstream.kind),
                .init(prefix.isEmpty ? "(none)" : "\(prefix)__"),
                .init(upstream.isEnabled ? "" : "disabled", .doubtful))
        }
        text += table.text(ink)
        let plugins = loaded.configuration.plugins.map(\.kind)
        if !plugins.isEmpty { text += "Plugins: \(plugins.joined(separator: ", "))\n" }
        return text + "Start them all with 'manifold check --probe'.\n"
    }

    private func json(
        _ loaded: LoadedConfiguration, _ more: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("valid")
        writer.bool(true)
        writer.key("configuration")
        writer.string(loaded.location.description)
        writer.key("configured")
        writer.beginArray()
        for upstream in loaded.configuration.upstreams { writer.string(upstream.name) }
        writer.endArray()
        writer.key("configurationWarnings")
        writer.diagnostics(loaded.warnings, of: loaded.location.name)
        more(&writer)
        writer.endObject()
        return writer.bytes
    }

    // MARK: Probing

    private func report(
        _ visit: Visit, _ patience: Duration, _ environment: Environment
    ) async -> Int32 {
        let entries = visit.hub.catalog.entries
        var probes: [Probe] = []
        for upstream in visit.hub.upstreams where upstream.isEnabled {
            var probe = Probe(
                status: upstream,
                entries: upstream.isReady
                    ? entries.filter { $0.target.upstream == upstream.name } : [],
                patience: patience)
            probe.way = await visit.hub.legs(to: upstream.name)
            probes.append(probe)
        }
        var loaded = visit.loaded
        let strangers = Self.strangers(in: loaded, probes, visit.hub)
        loaded.warnings = strangers
        if !arguments.has("json") { StandardError.write(loaded.shownWarnings) }
        loaded.warnings = visit.loaded.warnings + strangers
        let names = ClientNames(
            server: arguments["server"] ?? "manifold", title: visit.hub.configuration.server.title)
        let report = ProbeReport(
            probes: probes, plugins: await plugins(visit, environment), names: names)
        if arguments.has("json") {
            let json = json(loaded) { report.write(into: &$0) }
            visit.console.write(json + [UInt8(ascii: "\n")])
        } else {
            visit.console.write(report.text(visit.console.ink))
        }
        return report.isGood ? ExitCode.success : ExitCode.failure
    }

    /// What rules are about and no upstream has, as far as all of them have told.
    private static func strangers(
        in loaded: LoadedConfiguration, _ probes: [Probe], _ hub: Hub
    ) -> [Diagnostic] {
        let good = probes.filter(\.isGood).map(\.status.name)
        let missing = loaded.configuration.upstreams.map(\.name).filter { !good.contains($0) }
        return ListedItems(hub.listed, missing: missing).strangers(loaded.mentions)
    }

    /// Whether the plugins, and what records, can do their work.
    private func plugins(_ visit: Visit, _ environment: Environment) async -> [PluginProbe] {
        await visit.patiently(saying: { "Waiting for plugins" }) {
            var probes: [PluginProbe] = []
            for plugin in visit.hub.plugins {
                probes.append(
                    PluginProbe(
                        name: plugin.name, kind: plugin.kind, trouble: await plugin.trial(),
                        remarks: plugin.remarks))
            }
            if let plan = RecordingPlan(visit.hub.configuration) {
                probes.append(
                    PluginProbe(name: "record", kind: "record", trouble: plan.trial(environment)))
            }
            return probes
        }
    }
}
