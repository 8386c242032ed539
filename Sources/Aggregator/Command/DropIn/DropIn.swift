import Machine

/// Programs that this binary stands in for when it is called by their names.
///
/// Then no configuration is read: their own variables and options say everything.
enum DropIn {
    /// Runs such a program with the words that follow its name; the exit code.
    typealias Program =
        @Sendable (_ words: [String], _ environment: Environment) throws -> Int32

    private static let programs: [String: Program] = [
        "mcp-agentcore-proxy": AgentCoreProxy.run,
        "mcp-agentcore-server": BridgeByName.run,
        "mcp-proxy-for-aws": AWSProxy.run,
    ]

    /// Prints what `--help` or `--version` asks for, and returns the exit code; nil where neither was
    /// said.
    static func answer(_ words: [String], as name: String, _ help: String) -> Int32? {
        if words.contains("--help") || words.contains("-h") {
            StandardOutput.write(help)
        } else if words.contains("--version") {
            StandardOutput.write("\(name) (manifold \(Version.current))\n")
        } else {
            return nil
        }
        return StandardOutput.exitCode(ExitCode.success)
    }

    /// The program of a name, however it was found.
    static func program(calledAs path: String) -> Program? {
        programs[String(path.split(separator: "/").last ?? "")]
    }
}

/// Why a program ends before it has begun, in its own words.
struct DropInFailure: Error {
    let code: Int32
    /// A line for standard error, without the line feed.
    let text: String

    /// A mistake in variables or options, as `mcp-agentcore-proxy` says it.
    static func usage(_ text: String) -> DropInFailure {
        DropInFailure(code: ExitCode.usage, text: "Error: \(text)")
    }

    /// The same, where the original ends with 1.
    static func failure(_ text: String) -> DropInFailure {
        DropInFailure(code: ExitCode.failure, text: "Error: \(text)")
    }
}
