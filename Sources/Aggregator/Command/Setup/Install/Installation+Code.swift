import Aggregator
import Upstreams
import Wire

/// The installation in VS Code: an entry of `servers`, and an input for each variable.
extension Installation {
    /// The file of a workspace or profile that has nothing else in it.
    package var codeFile: [UInt8] {
        get throws(SetupFailure) { try merged(intoCode: Array("{}\n".utf8)) }
    }

    /// A `mcp.json` with our entry; every other byte of it stays as it is.
    package func merged(intoCode existing: [UInt8]) throws(SetupFailure) -> [UInt8] {
        var edit = try JSONCEdit(existing)
        try edit.set(name, in: "servers", to: codeEntry)
        for input in inputs { try edit.append(input.json, withId: input.id, to: "inputs") }
        return edit.bytes
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

    /// An entry's value.
    private var codeEntry: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writeEntry(to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// The entry with its name and inputs beside its own members, as links and `--add-mcp` want it.
    private var codeObject: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        writeEntry(to: &writer)
        if !inputs.isEmpty {
            writer.key("inputs")
            writer.beginArray()
            for input in inputs { writer.raw(input.json) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private func writeEntry(to writer: inout JSONWriter) {
        writer.writeCommand(of: self)
        guard !asked.isEmpty || needsFolder else { return }
        writer.key("env")
        writer.beginObject()
        for variable in asked {
            writer.key(variable.name)
            writer.string("${input:\(Self.inputId(variable.name))}")
        }
        if needsFolder {
            writer.key(Self.folderVariable)
            writer.string("${workspaceFolder}")
        }
        writer.endObject()
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

extension JSONWriter {
    /// The members `type`, `command` and `args` of an entry.
    mutating func writeCommand(of installation: Installation) {
        key("type")
        string("stdio")
        key("command")
        string(installation.binary)
        key("args")
        beginArray()
        for argument in installation.arguments { string(argument) }
        endArray()
    }
}
