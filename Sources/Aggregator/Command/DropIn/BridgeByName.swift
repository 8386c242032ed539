import Aggregator
import Fronts
import Machine
import Upstreams

/// The program when it is called `mcp-agentcore-server`: the bridge with that program's environment,
/// and no arguments.
struct BridgeByName {
    let environment: Environment

    /// Serves until it is stopped.
    func run() throws -> Int32 {
        let level = LogSink.levels[(environment["LOG_LEVEL"] ?? "").lowercased()] ?? .info
        let log = Log(threshold: level) { level, line in
            LogOutput.standardError.write("\(level.name): \(Terminal.plain(line))")
        }
        return try BridgeRun(
            address: try address(), dialect: .agentcoreServer, name: "MCP server",
            environment: environment, log: log
        ) { [environment] () throws(Failure) in try Self.upstream(environment) }.run()
    }

    private func address() throws(UsageError) -> ListenAddress {
        let host = environment["SERVER_HOST"] ?? "0.0.0.0"
        let port = environment["SERVER_PORT"] ?? "8080"
        let name = host.contains(":") ? "[\(host)]" : host
        guard let address = ListenAddress("\(name):\(port)") else {
            throw UsageError("SERVER_HOST and SERVER_PORT must be an address and a port")
        }
        return address
    }

    /// The child as the environment wants it.
    ///
    /// What is wrong is told to each caller: the original starts, and answers `/ping`, without.
    static func upstream(
        _ environment: Environment
    ) throws(Failure) -> Configuration.Upstream {
        guard let text = environment["MCP_SERVER_CMD"], !text.isEmpty else {
            throw Failure(.refused, "Set MCP_SERVER_CMD to launch the stdio MCP server")
        }
        let words: [String]
        do throws(ShellWords.Fault) {
            words = try ShellWords.split(text)
        } catch {
            throw Failure(.refused, "MCP_SERVER_CMD cannot be split: \(error.rawValue)")
        }
        guard let program = words.first else {
            throw Failure(.refused, "MCP_SERVER_CMD did not yield a command")
        }
        var settings = StdioSettings()
        settings.command = Text(program)
        settings.args = words.dropFirst().map { Text($0) }
        settings.cwd = environment["MCP_SERVER_CWD"].flatMap { $0.isEmpty ? nil : Text($0) }
        var upstream = Configuration.Upstream(
            name: "MCP server", kind: "stdio", settings: settings)
        upstream.stop.closing = .zero
        upstream.stop.terminating = .seconds(5)
        return upstream
    }
}
