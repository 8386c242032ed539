import Wire

/// What `import` makes of VS Code's `mcp.json` or of Claude's `mcpServers`.
package struct Import: Sendable {
    /// A configuration that our decoder accepts.
    package let yaml: String
    /// What was changed, left out or is still to do: one sentence a line.
    package let report: [String]

    /// Converts a file with comments and trailing commas.
    ///
    /// `workspaceFolder` is the folder that the file belongs to, when it belongs to one.
    package init(_ bytes: [UInt8], workspaceFolder: String? = nil) throws(SetupFailure) {
        let root = try JSONC(bytes).root
        let (object, dialect) = try Self.servers(of: root)
        let (servers, repeated) = object.lastMembers
        var importer = Importer(
            substitution: Substitution(
                dialect: dialect, inputs: Self.inputs(of: root), workspaceFolder: workspaceFolder),
            originals: servers.map(\.name))
        for name in repeated { importer.reportRepeated(name) }
        for (name, value) in servers { importer.add(name, value) }
        importer.reportUnknown(root)
        (yaml, report) = importer.finish()
    }

    /// The object of servers, wherever the client keeps it, and whose file it is.
    private static func servers(
        of root: Value
    ) throws(SetupFailure) -> (Value, Substitution.Dialect) {
        if let key = root.lastMembers.repeated.first {
            throw SetupFailure(
                "could not import the file: '\(Importer.shown(key))' is there twice")
        }
        let places: [(Value?, Substitution.Dialect)] = [
            (root["servers"], .code), (root["mcp"]?["servers"], .code),
            (root["mcpServers"], .claude),
        ]
        for case (let servers?, let dialect) in places where servers.kind == .object {
            return (servers, dialect)
        }
        throw SetupFailure("could not import the file: it has no 'servers' and no 'mcpServers'")
    }

    /// VS Code's questions, each with the variable that will hold the answer.
    private static func inputs(of root: Value) -> [Substitution.Input] {
        var inputs: [Substitution.Input] = []
        for input in (root["inputs"] ?? root["mcp"]?["inputs"])?.elements.map(\.self) ?? [] {
            guard let id = input["id"]?.string else { continue }
            let isSecret = input["password"]?.bool == true
            inputs.append(
                Substitution.Input(
                    id: id,
                    variable: Substitution.variable(for: id, besides: inputs.map(\.variable)),
                    description: input["description"]?.string,
                    standard: isSecret ? nil : input["default"]?.string, isSecret: isSecret))
        }
        return inputs
    }
}
