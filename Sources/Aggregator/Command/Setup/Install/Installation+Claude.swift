import Aggregator
import Wire

/// The installation in Claude Code and Claude Desktop: an entry of `mcpServers`.
extension Installation {
    /// A file that has nothing else in it.
    package var claudeFile: [UInt8] {
        get throws(SetupFailure) { try merged(intoClaude: Array("{}\n".utf8)).bytes }
    }

    /// A `.mcp.json` or `claude_desktop_config.json` with our entry; all else stays as it is.
    package func merged(intoClaude existing: [UInt8]) throws(SetupFailure) -> Merge {
        try Merge(self, into: existing, section: "mcpServers", env: claudeVariables)
    }

    /// The command that adds the entry for the user; the shell fills the variables in.
    package var claudeCommand: String {
        // A name right after `--env` would be taken for another variable.
        let env = asked.map { "--env \($0.name)=\"$\($0.name)\" " }.joined()
        let command = ([binary] + arguments).map(Quoting.shell).joined(separator: " ")
        return "claude mcp add \(env)--scope user \(Quoting.shell(name)) -- \(command)"
    }

    /// The variables that neither the entry nor Claude sets: the user has to.
    package var claudeOmissions: [String] {
        variables.map(\.name).filter { $0 == Self.folderVariable }
    }

    /// Claude expands `${NAME}` in the values of an entry.
    private var claudeVariables: [EntryVariable] {
        asked.map { variable in
            let fallback = variable.fallback.map { ":-\($0)" } ?? ""
            return EntryVariable(name: variable.name, value: "${\(variable.name)\(fallback)}")
        }
    }
}
