import Aggregator
import Machine
import Wire

/// `manifold install`.
struct Install: CommandRun {
    static let syntax = Syntax(
        "install", "Show how a client is told to start us, or tell it.",
        operands: "vscode|claude", count: 1...1,
        options: [
            .init(
                "write", "FILE", "merge the entry into this file; the old one is kept as FILE.bak"),
            .init("name", "NAME", "the name of the entry (default manifold)"),
        ],
        example: "manifold install vscode --write .vscode/mcp.json")

    let arguments: Arguments

    /// The largest file that is merged into.
    private static let limit = 4 << 20

    func run(_ environment: Environment) throws -> Int32 {
        let client = arguments.operands[0]
        guard client == "vscode" || client == "claude" else {
            throw UsageError(
                "there is no client '\(client)'; there are vscode and claude", Self.syntax)
        }
        let installation = try installation(environment)
        for variable in client == "claude" ? installation.claudeOmissions : [] {
            StandardError.write(
                "note: set \(variable) yourself, in the entry's 'env' or where the client is "
                    + "started: Claude does not know it.\n")
        }
        do {
            if let path = arguments["write"] {
                try merge(installation, client, PathText.absolute(path))
            } else if arguments.has("json") {
                StandardOutput.write(try entry(installation, client))
            } else {
                StandardOutput.write(try words(installation, client))
            }
            return ExitCode.success
        } catch let error as SetupFailure {
            let file = arguments["write"].map { "\(Terminal.plain(PathText.absolute($0))): " } ?? ""
            throw LoadError("manifold: \(file)\(Terminal.plain("\(error)"))\n")
        } catch let error as MachineFailure {
            StandardError.write("manifold: \(Terminal.plain(error.message))\n")
        }
        return ExitCode.failure
    }

    /// The entry for our binary and the configuration that would be used here.
    private func installation(_ environment: Environment) throws -> Installation {
        let found = Location.find(
            flag: arguments["config"], environment: environment.dictionary
        ) { File.stamp($0) != nil }
        guard let found, let path = found.path else {
            throw LoadError(
                "manifold: 'install' needs a configuration file. Write one with 'manifold init'.\n")
        }
        guard let binary = Environment.executablePath else {
            throw LoadError("manifold: this system does not tell where our binary is.\n")
        }
        return try Installation(
            binary: binary, configuration: PathText.absolute(path),
            document: ConfigurationText(found).document, name: arguments["name"] ?? "manifold")
    }

    private func entry(_ installation: Installation, _ client: String) throws -> String {
        let file = try client == "vscode" ? installation.codeFile : installation.claudeFile
        let text = String(decoding: file, as: UTF8.self)
        return text.hasSuffix("\n") ? text : text + "\n"
    }

    private func words(_ installation: Installation, _ client: String) throws -> String {
        if client == "vscode" {
            return """
                In .vscode/mcp.json, or in your profile ('MCP: Open User Configuration'):

                \(try entry(installation, client))
                Or with one click:

                \(installation.codeLink)

                Or with a command:

                \(installation.codeCommand)

                """
        }
        return """
            In .mcp.json of a project, or in claude_desktop_config.json:

            \(try entry(installation, client))
            Or with a command, for Claude Code:

            \(installation.claudeCommand)

            """
    }

    /// Puts the entry into a file that may have others; what it replaces is kept beside it.
    private func merge(_ installation: Installation, _ client: String, _ name: String) throws {
        // Replaced would be the link, and not what those who share the file by it read.
        let path = try File.target(of: name)
        let exists = File.stamp(path) != nil
        let mode = File.permissions(of: path)
        guard !exists || mode != nil else {
            throw MachineFailure(
                .unusable,
                "Could not change '\(path)': it is no regular file. Name one with '--write'.")
        }
        let old = exists ? try File.read(path, limit: Self.limit) : Array("{}".utf8)
        let merge =
            try client == "vscode"
            ? installation.merged(intoCode: old) : installation.merged(intoClaude: old)
        for line in merge.notes { StandardError.write("note: \(Terminal.plain(line)).\n") }
        guard merge.bytes != old else {
            return StandardOutput.write("\(Terminal.plain(path)) has the entry already.\n")
        }
        guard exists else {
            try PathText.create(path, Array(try entry(installation, client).utf8), mode: nil)
            return StandardOutput.write("Wrote \(Terminal.plain(path)).\n")
        }
        // Such files hold secrets of other servers: nobody else may read them than before.
        let kept = try PathText.keep(old, beside: path, mode: mode)
        try File.replace(path, with: merge.bytes, mode: mode)
        StandardOutput.write(
            "Wrote \(Terminal.plain(path)). The old one is kept as \(Terminal.plain(kept)).\n")
    }
}
