import Aggregator
import Fronts
import Machine
import Upstreams
import Wire

/// `manifold bridge`.
struct Bridge: CommandRun {
    static let syntax = Syntax(
        "bridge", "Serve one stdio server over /invocations and /ping, inside a container.",
        options: [
            .init(
                "listen", "ADDRESS",
                "where to listen (default 0.0.0.0:8080); whoever reaches it gets in"),
            .init("cwd", "FOLDER", "the working directory of COMMAND"),
            .init(
                "timeout", "TIME", "how long COMMAND may be silent about a request (default 5min)"),
            .init("total", "TIME", "how long a request may take, whatever is heard (no default)"),
        ],
        example: "manifold bridge -- python -u server.py", command: "-- COMMAND…", config: nil)

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let log = try LogSink.make(arguments, standard: .info)
        guard let program = arguments.command.first else {
            throw UsageError("'manifold bridge' needs a command after '--'", Self.syntax)
        }
        let text = arguments["listen"] ?? "0.0.0.0:8080"
        guard let address = ListenAddress(text) else {
            throw UsageError(
                "'--listen' must be an address and a port, such as 0.0.0.0:8080", Self.syntax)
        }
        var settings = StdioSettings()
        settings.command = Text(program)
        settings.args = arguments.command.dropFirst().map { Text($0) }
        settings.cwd = arguments["cwd"].map { Text($0) }
        var upstream = Configuration.Upstream(
            name: Self.name(of: program), kind: "stdio", settings: settings)
        upstream.timeouts.idle = try arguments.duration("timeout", or: upstream.timeouts.idle)
        if arguments["total"] != nil {
            upstream.timeouts.total = try arguments.duration("total", or: .seconds(1))
        }
        return try BridgeRun(
            address: address, dialect: .own, name: upstream.name, environment: environment, log: log
        ) { [upstream] () throws(Failure) in upstream }.run()
    }

    /// What failures call the child: its program, without the folder.
    static func name(of program: String) -> String {
        program.split(separator: "/").last.map(String.init) ?? program
    }
}
