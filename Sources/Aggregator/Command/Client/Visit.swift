import Aggregator
import Machine
import Wire

/// One command's visit to the aggregator: hub, client and console, from start to end.
struct Visit: Sendable {
    let loaded: LoadedConfiguration
    let hub: Hub
    let client: LocalClient
    let console: Console
    let arguments: Arguments

    /// How a visit differs from the usual one.
    struct Plan: Sendable {
        /// The one upstream to start; nil for all of them.
        var only: String?
        /// Finds out from what earlier runs knew which upstream is enough; nil for all of them.
        var enough: @Sendable (Catalog) -> String? = { _ in nil }
        /// What forms are answered with, and the folder that is offered; see `TerminalAttendant`.
        var prepared: [UInt8]?
        var root: String?
        /// Looks at the configuration before anything is started, and throws what is wrong with it.
        var examines: @Sendable (LoadedConfiguration) throws -> Void = { _ in }
        /// Whether what plugins fail at is reported by the command, too.
        var reportsPlugins = false
    }

    /// Runs `body` with everything started; upstreams are stopped in good order after it.
    ///
    /// A configuration that is `known` is not read again: it may have come through a pipe.
    static func run(
        _ arguments: Arguments, _ environment: Environment, _ plan: Plan,
        of known: LoadedConfiguration? = nil,
        _ body: @escaping @Sendable (Visit) async -> Int32
    ) throws -> Int32 {
        let notices = Notices(environment)
        // What upstreams fail at is reported by the commands, once and in their own words.
        let log = try LogSink.make(
            arguments, standard: plan.reportsPlugins ? .critical : .error, notices: notices)
        let level = try LogSink.level(arguments) ?? .info
        let loaded =
            try known?.withSecrets(environment)
            ?? LoadedConfiguration.load(flag: arguments["config"], environment)
        try plan.examines(loaded)
        if let only = plan.only, !loaded.configuration.has(only) {
            throw UsageError(unknown: only, in: loaded.configuration, arguments.syntax)
        }
        let assembly = Assembly(
            loop: try EventLoop.make(), environment: environment, log: log, triesAgain: false)
        return assembly.loop.run {
            let console: Console
            do throws(MachineFailure) {
                console = try Console(on: assembly.loop, environment, notices)
            } catch {
                notices.say("manifold: \(error.message)")
                return ExitCode.failure
            }
            let hub = Self.hub(plan, loaded, assembly)
            let attendant = TerminalAttendant(
                console, root: plan.root, prepared: plan.prepared, level: level)
            let client = LocalClient(hub, attendant)
            let visit = Visit(
                loaded: loaded, hub: hub, client: client, console: console, arguments: arguments)
            return await visit.serve(attendant, assembly.loop, body)
        }
    }

    /// The hub with all upstreams, or with the only one that is needed.
    private static func hub(
        _ plan: Plan, _ loaded: LoadedConfiguration, _ assembly: Assembly
    ) -> Hub {
        let all = assembly.hub(loaded)
        guard let only = plan.only ?? plan.enough(all.catalog) else { return all }
        return assembly.hub(loaded.keeping(only), keepsCatalog: false)
    }

    // MARK: Running

    private func serve(
        _ attendant: any Attendant, _ loop: EventLoop,
        _ body: @escaping @Sendable (Visit) async -> Int32
    ) async -> Int32 {
        await withTaskGroup(of: Int32?.self, returning: Int32.self) { group in
            group.addImmediateTask {
                await hub.run()
                return nil
            }
            group.addImmediateTask {
                await client.run()
                return nil
            }
            group.addImmediateTask { await interruption(loop) }
            group.addImmediateTask {
                let code = await open(attendant) ? await body(self) : ExitCode.failure
                await console.finish()
                return code
            }
            var code = ExitCode.failure
            for await ending in group {
                guard let ending else { continue }
                code = ending
                break
            }
            group.cancelAll()
            return code
        }
    }

    /// Returns when the user or the system wants the command to end.
    private func interruption(_ loop: EventLoop) async -> Int32? {
        let signals = loop.signals([1, 2, 15])
        guard await signals.next() != nil else { return nil }
        console.notices.say("Interrupted.")
        return ExitCode.failure
    }

    /// Opens the session, which starts the upstreams.
    private func open(_ attendant: any Attendant) async -> Bool {
        do throws(RemoteError) {
            _ = try await client.request(.initialize) { params in
                params.key("protocolVersion")
                params.string(Revision.newestLegacy.rawValue)
                params.key("capabilities")
                params.raw(attendant.capabilities)
                params.key("clientInfo")
                hub.services.identity.write(into: &params)
            }
        } catch {
            console.notices.say("manifold: \(error.message)")
            return false
        }
        client.notify(.initialized)
        return true
    }
}

extension Configuration {
    /// Whether it has an enabled upstream of this name.
    fileprivate func has(_ upstream: String) -> Bool {
        upstreams.contains { $0.name == upstream && $0.isEnabled }
    }
}
