import Aggregator
import Machine
import Upstreams
import Wire

/// `manifold init`.
struct Initialize: CommandRun {
    static let syntax = Syntax(
        "init", "Write an annotated starter configuration, and the schema for your editor.",
        options: [
            .init(
                "runtime", "NAME=ARN",
                "an MCP server on AgentCore Runtime; give it once for each server")
        ],
        example: "manifold init --runtime weather=arn:aws:bedrock-agentcore:…:runtime/weather-…")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let path = try Self.path(arguments, environment)
        let runtimes = try GivenRuntime.all(arguments)
        do throws(MachineFailure) {
            guard File.stamp(path) == nil else { throw occupied(path) }
            try PathText.create(path, Array(Starter.text(runtimes).utf8))
            let schema = "\(PathText.folder(of: path))/manifold.schema.json"
            // The starter's first line names it, so that editors complete and check.
            if File.stamp(schema) == nil {
                try PathText.create(schema, Schema.document(LoadedConfiguration.vocabulary))
            }
        } catch {
            StandardError.write("manifold: \(Terminal.plain(error.message))\n")
            return ExitCode.failure
        }
        if arguments.has("json") {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("written")
            writer.string(path)
            writer.endObject()
            StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
        } else {
            StandardOutput.write(runtimes.isEmpty ? next(path) : next(path, runtimes))
        }
        return ExitCode.success
    }

    /// Where a configuration is written: where `--config` says, else where the user's is looked for.
    static func path(
        _ arguments: Arguments, _ environment: Environment
    ) throws(UsageError) -> String {
        if let path = arguments["config"] { return PathText.absolute(path) }
        guard let path = Location.userPath(environment.dictionary) else {
            throw UsageError(
                "neither $HOME nor $XDG_CONFIG_HOME is set; use --config", arguments.syntax)
        }
        return path
    }

    /// Where `--config` was given, the commands that come next need it, too.
    private func flag(_ path: String) -> String {
        arguments["config"] == nil ? "" : " --config \(Quoting.shell(path))"
    }

    private func occupied(_ path: String) -> MachineFailure {
        MachineFailure(
            .occupied,
            "Could not write '\(path)': it exists and is left as it is. Edit it, and check it with "
                + "'manifold check\(flag(path))', or name another file with '--config'.")
    }

    private func next(_ path: String) -> String {
        let flag = flag(path)
        return """
            Wrote \(Terminal.plain(path)).

            Next:
              1. Add your servers to its section 'upstreams', or take them over from a client:
                 manifold import ~/.config/Code/User/mcp.json --write\(flag)
              2. manifold check --probe\(flag)
              3. Tell your client: manifold install vscode\(flag)
                 (or 'claude'); it shows the entry, and '--write FILE' puts it into a file.

            """
    }

    private func next(_ path: String, _ runtimes: [GivenRuntime]) -> String {
        let flag = flag(path)
        return """
            Wrote \(Terminal.plain(path)).

            Next:
              1. manifold check --probe\(flag)
              2. manifold install vscode --write .vscode/mcp.json\(flag)

            The policy that the caller's AWS identity needs:

            \(CallerPolicy.runtimes(runtimes.map(\.runtime)))
            """
    }
}
