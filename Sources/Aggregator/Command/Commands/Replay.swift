import Aggregator
import Machine
import Wire

/// `manifold replay`.
struct Replay: CommandRun {
    static let syntax = Syntax(
        "replay", "Answer from a recording, or compare it with a server as it is today.",
        operands: "FILE", count: 1...1,
        options: [
            .init("as-server", nil, "be an MCP server on standard input and output, offline"),
            .init(
                "against", "URL|NAME",
                "send the requests to this server (without a token) or upstream, and compare the answers"
            ),
            .init("upstream", "NAME", "only what was recorded of this upstream"),
            .init(
                "ignore", "PATH",
                "a place in answers that does not count, such as '$..timestamp'; may be repeated"),
            .init("all", nil, "also call tools that do not say that they only read"),
        ],
        example: "manifold replay calls.jsonl --against http://127.0.0.1:9000/mcp")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let isServer = arguments.has("as-server")
        guard isServer != (arguments["against"] != nil) else {
            throw UsageError(
                isServer
                    ? "'--as-server' and '--against' exclude each other: a recording is a server, or "
                        + "is compared with one"
                    : "'manifold replay' needs either '--as-server' or '--against'", Self.syntax)
        }
        let ignored = try ignored()
        guard isServer else { return try compare(ignored, environment) }
        guard ignored.isEmpty, !arguments.has("all") else {
            throw UsageError("'--ignore' and '--all' belong to '--against'", Self.syntax)
        }
        let log = try LogSink.make(arguments, standard: .warning)
        let file = arguments.operands[0]
        let recording = try RecordingFile.read(file, upstream: arguments["upstream"])
        guard !recording.exchanges.isEmpty else {
            throw UsageError("'\(file)' holds no requests that could be answered", Self.syntax)
        }
        return try ReplayServer(recording: recording, file: file, log: log).run()
    }

    private func ignored() throws(UsageError) -> [JSONPath] {
        try (arguments.lists["ignore"] ?? []).map { (text) throws(UsageError) in
            guard let path = JSONPath(text) else {
                throw UsageError(
                    "'--ignore \(text)' is no path such as '$.result.content[*].text'", Self.syntax)
            }
            return path
        }
    }

    // MARK: Against a server

    private func compare(_ ignored: [JSONPath], _ environment: Environment) throws -> Int32 {
        let notices = Notices(environment)
        let log = try LogSink.make(arguments, standard: .error, notices: notices)
        let exchanges = try exchanges()
        var configuration = try configuration(environment)
        for index in configuration.upstreams.indices
        where configuration.upstreams[index].era == .auto {
            configuration.upstreams[index].era = RerunProcess.era(of: exchanges)
        }
        let assembly = Assembly(loop: try EventLoop.make(), environment: environment, log: log)
        let process = RerunProcess(
            assembly: assembly, configuration: configuration, exchanges: exchanges,
            ignored: ignored, isComplete: arguments.has("all"), notices: notices)
        return assembly.loop.run {
            switch await process.run() {
            case .success(let report):
                StandardOutput.write(
                    arguments.has("json")
                        ? report.json + [UInt8(ascii: "\n")]
                        : Array(report.text(Ink(descriptor: 1, environment)).utf8))
                return report.isGood ? ExitCode.success : ExitCode.failure
            case .failure(let trouble):
                notices.say("manifold: \(Terminal.plain(trouble.message(against: url)))")
                for line in trouble.trail {
                    notices.say(notices.ink("  stderr: \(Terminal.plain(line))", .faint))
                }
                return ExitCode.failure
            }
        }
    }

    /// The URL that is compared with, if it is none of a configuration.
    private var url: String? { arguments["against"].flatMap { $0.contains("://") ? $0 : nil } }

    /// What is sent again: the requests to one upstream, which may be the one that they are sent to.
    private func exchanges() throws(UsageError) -> [RecordedExchange] {
        let file = arguments.operands[0]
        var recording = try RecordingFile.read(file, upstream: arguments["upstream"])
        if let name = arguments["against"], recording.upstreams.contains(name) {
            recording = recording.keeping(name)
        }
        guard recording.upstreams.count == 1 else {
            let names = recording.upstreams.map { "'\($0)'" }.joined(separator: ", ")
            throw UsageError(
                names.isEmpty
                    ? "'\(file)' holds no requests"
                    : "'\(file)' has several upstreams; say with '--upstream' which: \(names)",
                Self.syntax)
        }
        return recording.exchanges
    }

    /// A configuration with the one server that is compared with.
    private func configuration(_ environment: Environment) throws -> Configuration {
        if let url {
            var configuration = Configuration()
            configuration.upstreams = [RerunProcess.server(at: url)]
            return configuration
        }
        let name = arguments["against"] ?? ""
        let loaded = try LoadedConfiguration.load(flag: arguments["config"], environment)
        let names = loaded.configuration.upstreams.filter(\.isEnabled).map(\.name)
        guard names.contains(name) else {
            throw UsageError(
                "'--against \(name)' is neither a URL nor an enabled upstream of the configuration"
                    + Suggestion.question(for: name, among: names), Self.syntax)
        }
        return loaded.keeping(name).configuration
    }
}
