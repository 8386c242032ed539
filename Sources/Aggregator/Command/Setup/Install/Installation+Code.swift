import Aggregator
import Upstreams
import Wire

/// The installation in VS Code: an entry of `servers`, and an input for each variable.
extension Installation {
    /// The file of a workspace or profile that has nothing else in it.
    package var codeFile: [UInt8] {
        get throws(SetupFailure) { try merged(intoCode: Array("{}\n".utf8)).bytes }
    }

    /// A `mcp.json` with our entry; every other byte of it stays as it is.
    package func merged(intoCode existing: [UInt8]) throws(SetupFailure) -> Merge {
        var merge = try Merge(self, into: existing, section: "servers", env: codeVariables)
        for input in inputs where merge.mentions("${input:\(input.id)}") {
            try merge.add(input.json, withId: input.id, to: "inputs")
        }
        return merge
    }

    /// A link that opens VS Code with the entry; its user confirms there.
    package var codeLink: String {
        // VS Code decodes the query twice, so that a percent sign inside would be taken as code.
        let safe = codeObject.flatMap { $0 == UInt8(ascii: "%") ? Array(#"\u0025"#.utf8) : [$0] }
        return "vscode:mcp/install?\(Quoting.percent(safe))"
    }

    /// The command that adds the entry to the user's profile.
    package var codeCommand: String {
        "code --add-mcp \(Quoting.shell(String(decoding: codeObject, as: UTF8.self)))"
    }

    /// The entry with its name and inputs beside its own members, as links and `--add-mcp` want it.
    private var codeObject: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        writer.writeEntry(of: self, env: codeVariables)
        if !inputs.isEmpty {
            writer.key("inputs")
            writer.beginArray()
            for input in inputs { writer.raw(input.json) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    /// What the user is asked for, and the folder, which VS Code knows.
    private var codeVariables: [EntryVariable] {
        let asked = asked.map {
            EntryVariable(name: $0.name, value: "${input:\(Self.inputId($0.name))}")
        }
        guard needsFolder else { return asked }
        return asked + [EntryVariable(name: Self.folderVariable, value: "${workspaceFolder}")]
    }
}

// MARK: Inputs

extension Installation {
    /// An element of `inputs`.
    private struct Input {
        let id: String
        let json: [UInt8]
    }

    /// What `import` writes for the folder of a workspace.
    static let folderVariable = "WORKSPACE_FOLDER"

    private var needsFolder: Bool { variables.contains { $0.name == Self.folderVariable } }

    /// The variables that the user is asked for: not those that every process has.
    var asked: [Expansion.Reference] {
        variables.filter {
            $0.name != Self.folderVariable && !StdioSettings.Inheritance.usual.admits($0.name)
        }
    }

    private static func inputId(_ variable: String) -> String { "manifold-\(variable)" }

    private var inputs: [Input] {
        asked.map { variable in
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("type")
            writer.string("promptString")
            writer.key("id")
            writer.string(Self.inputId(variable.name))
            writer.key("description")
            writer.string("\(variable.name) for \(name)")
            if let fallback = variable.fallback {
                writer.key("default")
                writer.string(fallback)
            }
            if Self.isSecret(variable.name) {
                writer.key("password")
                writer.bool(true)
            }
            writer.endObject()
            return Input(id: Self.inputId(variable.name), json: writer.bytes)
        }
    }
}
