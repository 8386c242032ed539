import Aggregator
import Machine
import Wire

/// `manifold import`.
struct ImportServers: CommandRun {
    static let syntax = Syntax(
        "import", "Turn a client's list of servers into a configuration.",
        operands: "FILE", count: 1...1,
        options: [
            .init("write", nil, "write it where the configuration belongs, if nothing is there"),
            .init(
                "folder", "PATH",
                "what '${workspaceFolder}' stands for, and where relative paths start"),
        ],
        example: "manifold import .vscode/mcp.json --write")

    let arguments: Arguments

    /// The largest file that is read.
    private static let limit = 4 << 20

    func run(_ environment: Environment) throws -> Int32 {
        let source = arguments.operands[0]
        let result: Import
        do {
            let bytes = try File.read(source, limit: Self.limit)
            result = try Import(bytes, workspaceFolder: folder(source))
        } catch let error as MachineFailure {
            throw LoadError("manifold: \(Terminal.plain(error.message))\n")
        } catch let error as SetupFailure {
            throw LoadError("manifold: \(Terminal.plain(source)): \(Terminal.plain("\(error)"))\n")
        }
        if arguments.has("json"), !arguments.has("write") {
            StandardOutput.write(Self.json(result))
            return ExitCode.success
        }
        for line in result.report { StandardError.write("note: \(Terminal.plain(line))\n") }
        guard arguments.has("write") else {
            StandardOutput.write(result.yaml)
            return ExitCode.success
        }
        return try write(result.yaml, environment)
    }

    private static func json(_ result: Import) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("yaml")
        writer.string(result.yaml)
        writer.key("notes")
        writer.beginArray()
        for line in result.report { writer.string(line) }
        writer.endArray()
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// A file in `.vscode` belongs to the folder above it.
    private func folder(_ source: String) -> String? {
        if let folder = arguments["folder"] { return PathText.absolute(folder) }
        let folder = PathText.folder(of: PathText.absolute(source))
        return folder.hasSuffix("/.vscode") ? String(folder.dropLast("/.vscode".count)) : nil
    }

    /// Whether the file holds what `init` writes, and nothing of its owner's.
    private func isUntouchedStarter(_ path: String) throws(MachineFailure) -> Bool {
        guard File.stamp(path) != nil else { return false }
        return try File.read(path, limit: Self.limit) == Array(Starter.text.utf8)
    }

    private func write(_ yaml: String, _ environment: Environment) throws -> Int32 {
        let path = try Initialize.path(arguments, environment)
        do throws(MachineFailure) {
            let bytes = Array(yaml.utf8)
            if try isUntouchedStarter(path) {
                try File.replace(path, with: bytes)
            } else if File.stamp(path) != nil {
                throw MachineFailure(
                    .occupied,
                    "Could not write '\(path)': it exists and is left as it is. Leave out '--write' "
                        + "and copy what you need of the output into it, or name another file with "
                        + "'--config'.")
            } else {
                try PathText.create(path, bytes)
            }
        } catch {
            StandardError.write("manifold: \(Terminal.plain(error.message))\n")
            return ExitCode.failure
        }
        let flag = arguments["config"] == nil ? "" : " --config \(Quoting.shell(path))"
        StandardOutput.write(
            "Wrote \(Terminal.plain(path)). Next: manifold check --probe\(flag)\n")
        return ExitCode.success
    }
}
