import Aggregator
import Fronts
import Machine
import Plugins

/// `manifold serve`: one MCP server on standard input and output, many behind it.
struct Serve: CommandRun {
    static let syntax = Syntax(
        "serve", "Serve all configured upstreams as one MCP server on standard input and output.",
        example: "manifold serve --config ~/.config/manifold/manifold.yaml")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let log = try LogSink.make(arguments, standard: .info)
        let loaded = try LoadedConfiguration.load(flag: arguments["config"], environment)
        let loop = try EventLoop.make()
        let assembly = Assembly(loop: loop, environment: environment, log: log)
        return loop.run { await serve(loaded, assembly) }
    }

    private func serve(_ loaded: LoadedConfiguration, _ assembly: Assembly) async -> Int32 {
        let front: StdioFront
        let hub = assembly.hub(loaded)
        do throws(MachineFailure) {
            let streams = try StandardStreams.take(on: assembly.loop)
            front = StdioFront(input: streams.input, output: streams.output, hub: hub)
        } catch {
            assembly.log(.error, "\(error.message)")
            return ExitCode.failure
        }
        assembly.log(.info, "Manifold \(Version.current), configuration \(loaded.location).")
        await withTaskGroup(of: Bool.self) { group in
            group.addImmediateTask {
                await front.run()
                return true
            }
            group.addImmediateTask {
                await hub.run()
                return false
            }
            group.addImmediateTask {
                await obeySignals(front, hub, loaded, assembly)
                return false
            }
            group.addImmediateTask {
                await ConfigurationWatch(loaded, hub, assembly).run()
                return false
            }
            group.addImmediateTask {
                await StatusSocket(loaded, hub, assembly).run()
                return false
            }
            // Everything else serves the front; when it is done, so is the process.
            for await isFront in group where isFront { group.cancelAll() }
        }
        return ExitCode.success
    }

    /// SIGTERM and SIGINT end the front in good order; SIGHUP reads the configuration again.
    private func obeySignals(
        _ front: StdioFront, _ hub: Hub, _ loaded: LoadedConfiguration, _ assembly: Assembly
    ) async {
        let signals = assembly.loop.signals([Signal.terminate, Signal.interrupt, Signal.hangUp])
        while let number = await signals.next() {
            guard number == Signal.hangUp else {
                assembly.log(.info, "Stopping on signal \(number).")
                front.stop()
                continue
            }
            ConfigurationWatch(loaded, hub, assembly).reload()
        }
    }
}

/// The signals that mean something to us.
private enum Signal {
    static let hangUp: Int32 = 1
    static let interrupt: Int32 = 2
    static let terminate: Int32 = 15
}
