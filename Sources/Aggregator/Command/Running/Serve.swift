import Aggregator
import Fronts
import Machine

/// `manifold serve`: one MCP server on standard input and output, over HTTP or both, many behind it.
struct Serve: CommandRun {
    static let syntax = Syntax(
        "serve", "Serve all configured upstreams as one MCP server.",
        options: [
            Syntax.Option(
                "http", "ADDRESS",
                "serve over HTTP at ADDRESS, such as 127.0.0.1:8000 (path /mcp)"),
            Syntax.Option("stdio", nil, "serve standard input and output too, with --http"),
        ],
        example: "manifold serve --config ~/.config/manifold/manifold.yaml")

    static let isServer = true

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        if isDropIn(environment) { return AgentCoreProxy.run([], environment) }
        return try run(environment) { RecordingPlan($0) }
    }

    /// Serves, and records if there is a plan for that under the configuration.
    func run(
        _ environment: Environment, recording plan: (Configuration) throws -> RecordingPlan?
    ) throws -> Int32 {
        let log = try LogSink.make(arguments, standard: .info)
        let loaded = try LoadedConfiguration.load(flag: arguments["config"], environment)
        loaded.warn(log)
        let address = try address(loaded.configuration)
        let keys = try loaded.doorKeys(readsCertificate: address != nil)
        let loop = try EventLoop.make()
        let recorder = try plan(loaded.configuration)?
            .begin(loaded.configuration, environment, loop: loop, log: log)
        let assembly = Assembly(
            loop: loop, environment: environment, log: log, recorder: recorder,
            lastWords: "'manifold status' and the log")
        let takesStandardStreams = address == nil || arguments.has("stdio")
        return loop.run {
            await serve(
                loaded, assembly, at: address, keys, takesStandardStreams: takesStandardStreams)
        }
    }

    /// Whether there is no configuration, and the variables of `mcp-agentcore-proxy` name a runtime.
    private func isDropIn(_ environment: Environment) -> Bool {
        guard arguments["http"] == nil, AgentCoreVariables.isPresent(in: environment) else {
            return false
        }
        let found = Location.find(flag: arguments["config"], environment: environment.dictionary) {
            File.stamp($0) != nil
        }
        return found == nil
    }

    /// Where to listen, if anywhere; nobody may get in who was not let in.
    private func address(_ configuration: Configuration) throws(UsageError) -> ListenAddress? {
        guard let text = arguments["http"] else { return nil }
        guard let address = ListenAddress(text) else {
            throw UsageError(
                "'--http' must be an address and a port, such as 127.0.0.1:8000, not '\(text)'",
                arguments.syntax)
        }
        guard address.isGuarded(by: configuration.inbound) else {
            throw UsageError(
                "'--http \(text)' would let anybody in: set 'inbound.bearer' or "
                    + "'inbound.tls.clientCA' in the configuration, or listen at 127.0.0.1",
                arguments.syntax)
        }
        return address
    }

    private func serve(
        _ loaded: LoadedConfiguration, _ assembly: Assembly, at address: ListenAddress?,
        _ keys: DoorKeys, takesStandardStreams: Bool
    ) async -> Int32 {
        let doors: Doors
        let ring = SealRing(keys.sealing)
        let hub = assembly.hub(loaded, sealer: ring)
        do throws(MachineFailure) {
            doors = try Doors(
                hub, assembly, at: address, keys, ring,
                takesStandardStreams: takesStandardStreams)
        } catch {
            assembly.log(.error, "\(error.message)")
            return ExitCode.failure
        }
        // Before anybody is told that we are there, who might send one at once.
        let signals = assembly.loop.signals([Signal.terminate, Signal.interrupt, Signal.hangUp])
        assembly.log(.info, "Manifold \(Version.current), configuration \(loaded.location).")
        if let url = doors.url { assembly.log(.info, "Listening on \(url).") }
        let watch = ConfigurationWatch(loaded, hub, assembly, doors)
        await withTaskGroup(of: Bool.self) { group in
            group.addImmediateTask {
                await doors.run()
                return true
            }
            group.addImmediateTask {
                await hub.run()
                return false
            }
            group.addImmediateTask {
                await obey(signals, doors, watch, assembly)
                return false
            }
            group.addImmediateTask {
                await watch.run()
                return false
            }
            group.addImmediateTask {
                await StatusSocket(loaded, hub, assembly).run()
                return false
            }
            group.addImmediateTask {
                await assembly.recorder?.run()
                return false
            }
            // Everything else serves the doors; when they are closed, the process is done.
            for await areDoors in group where areDoors { group.cancelAll() }
        }
        // The last words of upstreams came while all of that ended.
        await assembly.recorder?.write()
        return ExitCode.success
    }

    /// SIGTERM and SIGINT close the doors in good order; SIGHUP reads the configuration again.
    private func obey(
        _ signals: Signals, _ doors: Doors, _ watch: ConfigurationWatch, _ assembly: Assembly
    ) async {
        while let number = await signals.next() {
            guard number == Signal.hangUp else {
                assembly.log(.info, "Stopping on signal \(number).")
                doors.stop()
                continue
            }
            watch.look()
        }
    }
}

/// The signals that mean something to us.
private enum Signal {
    static let hangUp: Int32 = 1
    static let interrupt: Int32 = 2
    static let terminate: Int32 = 15
}
