import Wire

/// One conversion while it runs: the lines so far, and what is to be reported.
struct Importer {
    var substitution: Substitution
    var servers = Outline()
    /// What the owner should know, in the order of the file.
    var report: [String] = []
    private var names: ServerNames

    /// A conversion of servers with these names.
    init(substitution: Substitution, originals: [String]) {
        self.substitution = substitution
        names = ServerNames(originals: originals)
    }

    /// Converts one server, and leaves out what our decoder would refuse.
    mutating func add(_ original: String, _ server: Value) {
        let (lines, notes, variables) = (servers.lines.count, report.count, substitution)
        convert(original, server)
        guard servers.lines.count > lines,
            let complaint = Trial.complaint(about: servers.lines[lines...])
        else { return }
        servers.cut(to: lines)
        report.removeSubrange(notes...)
        substitution = variables
        report.append("server '\(Self.shown(original))' is left out: \(Self.shown(complaint))")
    }

    private mutating func convert(_ original: String, _ server: Value) {
        let shown = Self.shown(original)
        guard server.kind == .object else {
            return report.append("server '\(shown)' is not an object and is left out")
        }
        if let key = server.lastMembers.repeated.first {
            return report.append("server '\(shown)' has '\(Self.shown(key))' twice and is left out")
        }
        let type = server["type"]?.string ?? (server["command"] == nil ? "http" : "stdio")
        guard type == "stdio" || server["url"] != nil else {
            return report.append("server '\(shown)' has no 'command' and no 'url' and is left out")
        }
        guard type != "stdio" || server["command"]?.string != nil else {
            return report.append("server '\(shown)' has no 'command' and is left out")
        }
        guard type != "stdio" || !Self.isOurs(server) else {
            return report.append(
                "server '\(shown)' is Manifold itself and is left out: a configuration that starts "
                    + "'manifold serve' would start itself")
        }
        let name = names.claim(original)
        if name != original {
            report.append(
                "server '\(shown)' is named '\(name)': a name has 1 to 20 lower-case letters, digits "
                    + "and '-'")
        }
        if type == "stdio" {
            addStdio(name, original, server)
        } else {
            addRemote(name, original, server, type: Self.shown(type))
        }
    }

    /// Whether it is the entry that `install` writes: Manifold, told to serve.
    private static func isOurs(_ server: Value) -> Bool {
        let program = server["command"]?.string?.split(separator: "/").last
        let first = server["args"]?.elements.first { _ in true }?.string
        return program == "manifold" && first == "serve"
    }

    /// Says of a server that is there once more that its client does not see it.
    mutating func reportRepeated(_ original: String) {
        report.append(
            "server '\(Self.shown(original))' is there twice: the first one is left out, as clients "
                + "read the last one")
    }

    /// Names keys of the file that say nothing to us.
    mutating func reportUnknown(_ root: Value) {
        let known = ["servers", "mcpServers", "inputs", "mcp", "$schema"]
        let unknown = root.members.compactMap(\.key.string).filter { !known.contains($0) }
        guard !unknown.isEmpty else { return }
        let shown = unknown.prefix(10).map { "'\(Self.shown($0))'" }.joined(separator: ", ")
        report.append("left out at the top of the file: \(shown)\(unknown.count > 10 ? ", …" : "")")
    }

    /// The text and the report.
    func finish() -> (yaml: String, report: [String]) {
        let head = servers.lines.isEmpty ? "upstreams: {}" : "upstreams:"
        let lines = ["# Converted by 'manifold import'.", head] + servers.lines
        return (lines.map { "\($0)\n" }.joined(), report + variables + substitution.notes)
    }

    /// What must be set in our environment, in place of VS Code's questions.
    private var variables: [String] {
        substitution.inputs.map { input in
            guard substitution.used.contains(input.id) else {
                return "input '\(Self.shown(input.id))' is not used and is left out"
            }
            let words = input.description.map { ": \(Self.shown($0))" } ?? ""
            let secret = input.isSecret ? "; it is a secret" : ""
            return "set \(input.variable) in manifold's environment\(words)"
                + " (it was ${input:\(Self.shown(input.id))}\(secret))"
        }
    }

    /// A foreign text without control characters, short enough for a line.
    static func shown(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(200)
            .map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : Character($0) }
        return String(scalars)
    }
}
