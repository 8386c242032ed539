import Aggregator
import Emulator
import Machine
import Wire

/// `manifold emulate`: a local AgentCore, to try servers, bridges and clients on without an account.
struct Emulate: CommandRun {
    static let syntax = Syntax(
        "emulate", "Emulate AgentCore on this machine, for your own runtimes and gateways.",
        options: [
            .init("http", nil, "COMMAND keeps the HTTP contract (/invocations, /ping), not MCP's"),
            .init("stateful", nil, "COMMAND makes MCP session ids of its own; not with --http"),
            .init("name", "NAME", "what the runtime of COMMAND is called (default mine)"),
            .init("port", "PORT", "the port of 127.0.0.1 to listen at (default 8800)"),
            .init("clock", "N", "let the platform's times pass N times faster"),
        ],
        example: #"manifold emulate -- python server.py --port "{port}""#,
        command: "[-- COMMAND…]",
        config: "what to emulate, besides COMMAND: runtimes, gateways, tokens")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let log = try LogSink.make(arguments, standard: .info)
        let (settings, file) = try settings(environment)
        let loop = try EventLoop.make()
        let assembly = Assembly(
            loop: loop, environment: environment, log: log, lastWords: "the log")
        return loop.run { await serve(settings, file, assembly) }
    }

    private func serve(
        _ settings: EmulatorSettings, _ file: EmulatorFile?, _ assembly: Assembly
    ) async -> Int32 {
        let emulator: Emulator
        do throws(MachineFailure) {
            let folder = file?.folder ?? Environment.currentDirectory
            emulator = try Emulator(settings, surroundings(assembly, folder))
        } catch {
            assembly.log(.error, "\(error.message)")
            return ExitCode.failure
        }
        for stop in EmulatorFile.stops(of: emulator, assembly.environment) {
            guard isOwn(stop) else {
                StandardError.write(file?.warning(of: stop) ?? "")
                continue
            }
            StandardError.write("manifold: \(Terminal.plain(stop.sentence))\n")
            return ExitCode.usage
        }
        let account = EmulatorReport(emulator)
        StandardOutput.write(
            arguments.has("json") ? account.json + [UInt8(ascii: "\n")] : Array(account.text.utf8))
        assembly.log(.info, "Listening on \(emulator.base).")
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await emulator.run() }
            group.addImmediateTask {
                // SIGINT and SIGTERM.
                let number = await assembly.loop.signals([2, 15]).next()
                assembly.log(.info, "Stopping on signal \(number ?? 0).")
            }
            await group.next()
            group.cancelAll()
        }
        return ExitCode.success
    }

    private func surroundings(_ assembly: Assembly, _ folder: String?) -> Emulator.Surroundings {
        Emulator.Surroundings(
            loop: assembly.loop, time: assembly.loop, wall: { WallClock.sinceEpoch },
            environment: assembly.environment, log: assembly.log, folder: folder,
            hub: { configuration in
                let loaded = LoadedConfiguration(
                    location: .inline(text: ""), configuration: configuration)
                return assembly.hub(loaded, keepsCatalog: false)
            })
    }

    // MARK: What to emulate

    /// The settings of the file and the command line, and the file.
    private func settings(
        _ environment: Environment
    ) throws -> (EmulatorSettings, EmulatorFile?) {
        let file = try arguments["config"].map { (path) throws(LoadError) in
            try EmulatorFile(path, environment)
        }
        var settings = file?.settings ?? EmulatorSettings()
        if let port = try number("port", in: 0...65_535) { settings.port = port }
        if let speed = try number("clock", in: 1...100_000) { settings.speed = speed }
        if arguments.command.isEmpty {
            try checkCommand()
        } else {
            settings.runtimes.append(try runtime())
        }
        guard !settings.runtimes.isEmpty || !settings.gateways.isEmpty else {
            throw UsageError(
                "there is nothing to emulate: name a file with --config, or a command behind '--'",
                Self.syntax)
        }
        return (settings, file)
    }

    /// The name of the runtime of the command line.
    private var name: String { arguments["name"] ?? "mine" }

    /// Whether a runtime is that of the command line: without it there is no point in going on.
    private func isOwn(_ stop: EmulatorFile.Stop) -> Bool {
        !arguments.command.isEmpty && stop.place == ["runtimes", name]
    }

    /// Without a command, what is said about it would be said in vain.
    private func checkCommand() throws(UsageError) {
        let given = ["name", "http", "stateful"].first { arguments[$0] != nil || arguments.has($0) }
        guard let given else { return }
        throw UsageError(
            "'--\(given)' is about COMMAND, and there is none behind '--'", Self.syntax)
    }

    private func runtime() throws(UsageError) -> RuntimeSettings {
        guard RuntimeSettings.isName(name) else {
            throw UsageError(
                "'--name' must be letters, digits and '_', beginning with a letter", Self.syntax)
        }
        guard !arguments.has("http") || !arguments.has("stateful") else {
            throw UsageError(
                "'--stateful' and '--http' exclude each other: MCP session ids belong to the MCP "
                    + "contract", Self.syntax)
        }
        var runtime = RuntimeSettings(
            name: name, command: arguments.command.map { Text($0) },
            contract: arguments.has("http") ? .http : .mcp)
        runtime.isStateful = arguments.has("stateful")
        return runtime
    }

    private func number(
        _ option: String, in range: ClosedRange<Int>
    ) throws(UsageError) -> Int? {
        guard let text = arguments[option] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "'--\(option)' must be a number from \(range.lowerBound) to \(range.upperBound)",
                Self.syntax)
        }
        return number
    }
}
