import Wire

/// What runs for a server, and where, with paths that mean the same from anywhere.
///
/// The servers of a workspace start in its folder. A relative `cwd` starts from there, and a relative
/// command from where the server runs.
struct ServerPaths {
    let command: String
    let arguments: [String]
    /// Where it runs; nil where that is not known.
    let folder: String?
    /// The file of variables.
    let file: String?

    /// The paths of a server, with the variables of ours in them.
    init(of server: Value, _ substitution: inout Substitution) {
        let workspace = substitution.workspaceFolder
        let command = substitution.convertPath(server["command"]?.string ?? "")
        arguments = (server["args"]?.elements.map(\.self) ?? []).map {
            substitution.convertPath($0.string ?? String(decoding: $0.raw, as: UTF8.self))
        }
        let cwd = server["cwd"]?.string.map { substitution.convertPath($0) }
        let file = server["envFile"]?.string.map { substitution.convertPath($0) }
        folder = cwd.map { Self.joined(workspace, $0) } ?? workspace
        self.file = file.map { Self.joined(workspace, $0) }
        self.command = command.contains("/") ? Self.joined(folder, command) : command
    }

    /// The keys that have relative paths still: nobody knows where they started.
    var relative: [String] {
        var keys: [String] = []
        if command.contains("/"), Self.isRelative(command) { keys.append("command") }
        // Others may be paths, too, but look like anything else.
        let hasPaths = arguments.contains { $0.hasPrefix("./") || $0.hasPrefix("../") }
        if folder == nil, hasPaths { keys.append("args") }
        if folder.map(Self.isRelative) == true { keys.append("cwd") }
        if file.map(Self.isRelative) == true { keys.append("envFile") }
        return keys
    }

    private static func joined(_ folder: String?, _ path: String) -> String {
        guard let folder, !isRelative(folder), isRelative(path) else { return path }
        let rest = path.hasPrefix("./") ? path.dropFirst(2) : path[...]
        if rest.isEmpty || rest == "." { return folder }
        return folder.hasSuffix("/") ? folder + rest : "\(folder)/\(rest)"
    }

    /// Whether a path starts from somewhere; what a variable begins with is taken for whole.
    private static func isRelative(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.hasPrefix("${") && !path.hasPrefix("$${")
    }
}
