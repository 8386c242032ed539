import Aggregator
import Fronts
import Machine
import Upstreams

/// The program when it is called `mcp-agentcore-server`: the bridge with that program's environment.
struct BridgeByName {
    let environment: Environment

    /// Runs it; other words than those that ask for help are ignored, as the original ignores all of them.
    static func run(_ words: [String], _ environment: Environment) throws -> Int32 {
        if let code = DropIn.answer(words, as: "mcp-agentcore-server", help) { return code }
        let program = BridgeByName(environment: environment)
        let address: ListenAddress
        do throws(DropInFailure) {
            address = try program.address()
        } catch {
            StandardError.write(error.text + "\n")
            return error.code
        }
        return try program.run(at: address)
    }

    /// Serves until it is stopped.
    private func run(at address: ListenAddress) throws -> Int32 {
        let level = LogSink.levels[(environment["LOG_LEVEL"] ?? "").lowercased()] ?? .info
        let log = Log(threshold: level) { level, line in
            LogOutput.standardError.write("\(level.name): \(Terminal.plain(line))")
        }
        return try BridgeRun(
            address: address, dialect: .agentcoreServer, name: "MCP server",
            environment: environment, log: log
        ) { [environment] () throws(Failure) in try Self.upstream(environment) }.run()
    }

    private func address() throws(DropInFailure) -> ListenAddress {
        let host = environment["SERVER_HOST"] ?? "0.0.0.0"
        let port = environment["SERVER_PORT"] ?? "8080"
        let name = host.contains(":") ? "[\(host)]" : host
        guard let address = ListenAddress("\(name):\(port)") else {
            throw .usage(
                "SERVER_HOST and SERVER_PORT must be an address and a port, not "
                    + "'\(name):\(port)'. See 'mcp-agentcore-server --help'.")
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

    private static let help = """
        mcp-agentcore-server: one stdio MCP server over /invocations and /ping, inside a container of
        Amazon Bedrock AgentCore Runtime. This is Manifold; 'manifold bridge --help' shows the same
        with options.

        Usage: MCP_SERVER_CMD=COMMAND mcp-agentcore-server

        Environment:
          MCP_SERVER_CMD   the server's command line, in the words of a shell
          MCP_SERVER_CWD   its working directory
          SERVER_HOST      the address to listen at (0.0.0.0); whoever reaches it gets in
          SERVER_PORT      the port (8080)
          LOG_LEVEL        debug, info (default), warning or error

        Options:
          --help       this text
          --version    the version

        Example:
          MCP_SERVER_CMD="python -u server.py" mcp-agentcore-server

        """
}
