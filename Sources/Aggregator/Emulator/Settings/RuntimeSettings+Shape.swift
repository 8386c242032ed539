import Aggregator
import Wire

extension RuntimeSettings {
    /// The section `runtimes`.
    static let all = one.mapping(of: "runtime", keys: nameForm, where: isName)
        .map(
            { entries in
                entries.map { entry in
                    var settings = entry.value
                    settings.name = entry.key
                    return settings
                }
            }, back: { _ in nil })

    private static let one = Format<Self>(shape.schema) { node, reading in
        let settings = shape.read(node, into: &reading)
        settings?.check(node, &reading)
        return settings
    }

    /// Reports what contradicts itself.
    private func check(_ node: Node, _ reading: inout Reading) {
        guard isStateful, contract == .http else { return }
        reading.report(
            "\(reading.part("'stateful'")) goes with 'protocol: mcp' only: MCP session ids belong to "
                + "the MCP contract", at: node["stateful"]?.mark ?? node.mark)
    }

    /// The form of a runtime's name (AgentCore, `agentRuntimeName`).
    private static let nameForm = Schema.Form(
        pattern: "^[a-zA-Z][a-zA-Z0-9_]{0,47}$",
        words: "of 1 to 48 letters, digits and '_', beginning with a letter")

    /// Whether a text can be a runtime's name.
    package static func isName(_ text: String) -> Bool {
        (1...48).contains(text.utf8.count)
            && text.unicodeScalars.first.map { $0.isASCII && $0.properties.isAlphabetic } == true
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_")
            }
    }

    private static let header = Format<String>.string(
        Schema.Form(
            pattern: "^[A-Za-z][A-Za-z0-9_-]{0,255}$",
            words: "that is a header field which may reach a program"),
        where: HeaderRules.mayBeAllowed)

    private static let shape = Shape(Self(), program + rules + times)

    private static let program: [Key<Self>] = [
        Key(
            "protocol", \.contract, .choice,
            "Which contract the program keeps: `mcp` is `/mcp`, `http` is `/invocations` and `/ping`."
        ),
        Key(
            "command", \.command, Format<Text>.word.list(),
            "The program and its arguments; `{port}` is the port that it has to listen at, as is "
                + "`$PORT`.", isRequired: true, example: "[python, server.py, --port, \"{port}\"]"),
        Key("env", \.environment, Format<Text>.word.dictionary(), "Variables for the program."),
        Key("cwd", \.folder, .path, "Where it is started, instead of the folder of this file."),
        Key("path", \.path, .filled, "Where it takes requests, if not at the contract's path."),
        Key(
            "stateful", \.isStateful, .bool,
            "Whether it makes session ids of its own; the platform's reach it otherwise."),
        Key(
            "headers", \.allowedHeaders, header.list(),
            "Header fields of callers that reach it besides the usual ones."),
    ]

    private static let rules: [Key<Self>] = [
        Key("auth", \.access.mode, .choice, "Who may invoke it: `iam` or `jwt`."),
        Key(
            "clients", \.access.clients, Format<String>.filled.list(),
            "With `jwt`, whose tokens are taken; all without it."),
        Key(
            "scopes", \.access.scopes, Format<String>.filled.list(),
            "With `jwt`, the scopes of which a token must have one."),
        Key(
            "qualifiers", \.qualifiers, Format<String>.filled.list(),
            "Names of endpoints besides `DEFAULT`."),
        Key(
            "whileStarting", \.overlap, .choice,
            "What calls meet while their session starts: they wait (`hold`), or get a `conflict`."),
        Key(
            "lostSession", \.loss, .choice,
            "What callers get when the program does not know their session."),
        Key(
            "sessions", \.sessions, .integer(1...1000), "How many sessions there may be at a time."),
    ]

    private static let times: [Key<Self>] = [
        Key(
            "coldStart", \.coldStart, .duration,
            "From the first request of a session to the start of the program."),
        Key(
            "initialization", \.initialization, .duration,
            "How long the program may take to listen; never sped up."),
        Key("idle", \.idle, .duration, "How long a session lives that nobody uses."),
        Key("lifetime", \.lifetime, .duration, "How long a session lives at most."),
        Key("answerLimit", \.answerLimit, .duration, "How long an answer may be awaited."),
        Key("streamLimit", \.streamLimit, .duration, "How long a stream may last."),
    ]
}

extension GatewaySettings {
    /// The section `gateways`.
    static func all(_ kinds: [Kind]) -> Format<[Self]> {
        Format<Self>.object(shape(kinds))
            .mapping(
                of: "gateway", keys: Configuration.Upstream.nameForm,
                where: Configuration.Upstream.isName
            )
            .map(
                { entries in
                    entries.map { entry in
                        var settings = entry.value
                        settings.name = entry.key
                        return settings
                    }
                }, back: { _ in nil })
    }

    private static func shape(_ kinds: [Kind]) -> Shape<Self> {
        Shape(
            Self(),
            [
                Key("auth", \.access.mode, .choice, "Who may come in: `iam`, `jwt` or `none`."),
                Key(
                    "clients", \.access.clients, Format<String>.filled.list(),
                    "With `jwt`, whose tokens are taken; all without it."),
                Key(
                    "scopes", \.access.scopes, Format<String>.filled.list(),
                    "With `jwt`, the scopes of which a token must have one."),
                Key(
                    "targets", \.targets, Configuration.Upstream.all(of: kinds, as: "target"),
                    "The servers behind it, as upstreams of a configuration are written."),
                Key(
                    "sessions", \.sessions, .durationOrNone,
                    "How long a session lives from its `initialize` on, or `none` for no sessions."),
                Key("streaming", \.isStreaming, .bool, "Whether answers may be streams."),
                Key(
                    "search", \.hasSearch, .bool, "Whether there is a tool that searches for tools."
                ),
                Key(
                    "pageSize", \.pageSize, .integer(0...10_000),
                    "How many items a page of a list has; 0 for all."),
                Key(
                    "deny", \.denied, Format<String>.filled.list(),
                    "Globs of tools that a policy denies, as `target___tool`."),
                Key(
                    "versions", \.versions, Format<String>.filled.list(),
                    "The protocol versions that it speaks; all without it."),
            ])
    }
}
