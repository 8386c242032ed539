import Upstreams
import Wire

/// The lines of one server.
extension Importer {
    private static let stdioKeys = [
        "type", "command", "args", "env", "cwd", "envFile", "disabled",
    ]
    private static let advice = [
        "sandbox": "; it runs without its sandbox",
        "sandboxEnabled": "; it runs without its sandbox",
        "dev": "; there is no development mode",
    ]

    /// Adds a server that is a child process.
    mutating func addStdio(_ name: String, _ original: String, _ server: Value) {
        servers.open(name, depth: 1)
        if name != original.lowercased() { servers.text("title", original, depth: 2) }
        addState(server)
        servers.open("stdio", depth: 2)
        addProgram(server, original)
        let unknown = server.members.compactMap(\.key.string)
            .filter { !Self.stdioKeys.contains($0) }
        for key in unknown {
            report.append(
                "server '\(Self.shown(original))': '\(Self.shown(key))' is left out"
                    + (Self.advice[key] ?? ""))
        }
    }

    /// What its client does not start, we do not start either.
    private mutating func addState(_ server: Value) {
        if server["disabled"]?.bool == true { servers.raw("enabled", "false", depth: 2) }
    }

    private mutating func text(_ key: String, of server: Value) {
        guard let text = server[key]?.string else { return }
        servers.text(key, substitution.convert(text), depth: 3)
    }

    /// The lines that say what runs, and where: its paths mean what they mean to its client.
    private mutating func addProgram(_ server: Value, _ original: String) {
        let paths = ServerPaths(of: server, &substitution)
        servers.text("command", paths.command, depth: 3)
        if !paths.arguments.isEmpty { servers.open("args", depth: 3) }
        for argument in paths.arguments { servers.item(argument, depth: 4) }
        addVariables(server["env"], original)
        if let folder = paths.folder { servers.text("cwd", folder, depth: 3) }
        if let file = paths.file { servers.text("envFile", file, depth: 3) }
        for key in paths.relative {
            report.append(
                "server '\(Self.shown(original))': '\(key)' has a relative path, which starts "
                    + "somewhere else now; write the whole path, or say with '--folder' where it "
                    + "starts")
        }
    }

    private mutating func addVariables(_ env: Value?, _ original: String) {
        let members = members(
            of: env, called: "variable", original, where: StdioSettings.Variable.isName)
        if !members.isEmpty { servers.open("env", depth: 3) }
        for (name, value) in members {
            switch value.kind {
            case .string:
                servers.text(name, substitution.convert(value.string ?? ""), depth: 4)
            case .number, .true, .false, .null:
                servers.raw(name, String(decoding: value.raw, as: UTF8.self), depth: 4)
            case .object, .array:
                report.append("the variable '\(Self.shown(name))' is no text and is left out")
            }
        }
    }

    /// The members of an object that can be written; the others are reported.
    private mutating func members(
        of object: Value?, called noun: String, _ original: String,
        where fits: (String) -> Bool
    ) -> [(name: String, value: Value)] {
        let (members, repeated) = object?.lastMembers ?? ([], [])
        let server = "server '\(Self.shown(original))'"
        for name in repeated {
            report.append(
                "\(server): the \(noun) '\(Self.shown(name))' is there twice; the last one counts")
        }
        for (name, _) in members where !fits(name) {
            report.append(
                "\(server): the \(noun) '\(Self.shown(name))' is left out: a configuration may set "
                    + "none of that name")
        }
        return members.filter { fits($0.name) }
    }

    private static let remoteKeys = ["type", "url", "headers", "disabled"]

    /// Adds a server at a URL.
    mutating func addRemote(
        _ name: String, _ original: String, _ server: Value, type: String
    ) {
        servers.open(name, depth: 1)
        if name != original.lowercased() { servers.text("title", original, depth: 2) }
        addState(server)
        servers.open("http", depth: 2)
        text("url", of: server)
        if type == "sse" { servers.text("transport", "sse", depth: 3) }
        let headers = members(
            of: server["headers"], called: "header", original, where: HTTPSettings.Header.isName)
        if !headers.isEmpty { servers.open("headers", depth: 3) }
        for (key, value) in headers {
            servers.text(key, substitution.convert(value.string ?? ""), depth: 4)
        }
        let unknown = server.members.compactMap(\.key.string)
            .filter { !Self.remoteKeys.contains($0) }
        for key in unknown {
            report.append(
                "server '\(Self.shown(original))': '\(Self.shown(key))' is left out")
        }
    }
}
