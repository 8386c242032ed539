/// How the sections are written: each key with its type, its default and one line of documentation.
extension Configuration {
    /// Lets an editor find the schema of a file that is JSON; nothing is read from there.
    private static let schemaAddress = Key<Self>(
        custom: "$schema",
        schema: Schema.Key(
            name: "$schema", documentation: "Where an editor finds the JSON Schema; not read.",
            schema: .text(nil))
    ) { _, _, _ in }

    /// The section of what is recorded.
    private static func recordKey(_ kind: Kind) -> Key<Self> {
        Key(custom: kind.name, schema: kind.schema) { entry, configuration, reading in
            reading.within("'\(kind.name)'") { reading in
                guard let settings = kind.settings(entry, &reading) else { return }
                configuration.record = Plugin(kind: kind.name, settings: settings)
            }
        }
    }

    /// The whole file.
    package static func shape(_ vocabulary: Vocabulary) -> Shape<Configuration> {
        var shape = Shape(
            Configuration(),
            [
                Key("server", \.server, .object(Server.shape), "How clients see the aggregator."),
                Key("names", \.names, .object(Names.shape), "How published names are made."),
                Key("limits", \.limits, .object(Limits.shape), "Caps for the whole process."),
                Key(
                    "inbound", \.inbound, .object(Inbound.shape),
                    "Who may come in over HTTP (`manifold serve --http`)."),
                Key(
                    "upstreams", \.upstreams, Upstream.all(of: vocabulary.upstreams),
                    "The servers behind the aggregator; their order decides name clashes."),
                Key(
                    "plugins", \.plugins, Plugin.one(of: vocabulary.plugins).list(),
                    "The plugin chain, outermost first; each entry has one key, its kind."),
            ] + vocabulary.record.map(recordKey) + [schemaAddress])
        let advice = "servers are listed under 'upstreams'; 'manifold import' converts an mcp.json"
        shape.hint = { ["mcpServers", "servers"].contains($0) ? advice : nil }
        return shape
    }
}

extension Configuration.Server {
    static let shape = Shape(
        Self(),
        [
            Key("name", \.name, .filled, "The name given to clients (`serverInfo.name`)."),
            Key(
                "title", \.title, .string, "The name shown to people (`serverInfo.title`).",
                example: "Team tools"),
            Key(
                "instructions", \.instructions, .string,
                "Text put before the merged instructions of the upstreams.",
                example: "Prefer the docs tools to a web search."),
            Key(
                "instructionsBudget", \.instructionsBudget, .size,
                "The longest merged instructions."),
        ])
}

extension Configuration.Names {
    static let shape = Shape(
        Self(),
        [
            Key(
                "prefix", \.prefix, .choice,
                "Whether names begin with their upstream's prefix and `__`, unless it says so itself."
            ),
            Key(
                "maxLength", \.maxLength, .integer(8...64),
                "The longest published name, in characters; a longer one gets a short hash."),
        ])
}

extension Configuration.Limits {
    static let shape = Shape(
        Self(),
        [
            Key("message", \.message, .size, "The longest message, line or body."),
            Key("queue", \.queue, .size, "The most that waits for one client that does not read."),
            Key(
                "startWait", \.startWait, .duration,
                "How long a first list waits for upstreams that are still starting."),
            Key(
                "inFlight", \.inFlight, .integer(1...1_000_000),
                "The most requests of one client at a time."),
            Key(
                "sessions", \.sessions, .integer(1...1_000_000),
                "The most sessions over HTTP; one more replaces the one that was silent longest, "
                    + "which comes back when it is used."),
            Key(
                "sessionIdle", \.sessionIdle, .duration,
                "How long a session over HTTP may be silent, and a server without a client runs on."
            ),
        ])
}

extension Configuration.Inbound {
    static let shape = Shape(
        Self(),
        [
            Key(
                "bearer", \.bearer, Format<Text>.token,
                "The token that every request has to bring, but for a line break at its end; without one, "
                    + "and without `tls.clientCA`, only this machine gets in.",
                example: "\"${env:MANIFOLD_TOKEN}\""),
            Key(
                "hosts", \.hosts, Format<String>.filled.list(),
                "Names under which requests may reach it, besides those of this machine.",
                example: "[mcp.example.com]"),
            Key(
                "origins", \.origins, Format<String>.filled.list(),
                "Origins whose requests are not refused, besides those of this machine. A page of "
                    + "another site needs CORS, too, which a proxy in front has to say.",
                example: "[\"https://app.example.com\"]"),
            Key(
                "requestIdle", \.requestIdle, .duration,
                "How long a request may stop coming before it is given up; its head must come within "
                    + "10 s in all."),
            Key("tls", \.tls, .object(TLS.shape), "The certificate with which it speaks TLS."),
            Key(
                "sealingKeys", \.sealingKeys, Format<Text>.filled.list(),
                "What processes that stand in for each other share, the newest first: 32 bytes each, "
                    + "in Base64 or hexadecimal digits.",
                example: "[\"${env:MANIFOLD_SEALING_KEY}\"]"),
        ])
}

extension Configuration.Inbound.TLS {
    private static let relative = " A relative path starts from the folder of this file."

    static let shape = Shape(
        Self(),
        [
            Key(
                "certificate", \.certificate, .path,
                "The certificate and those that vouch for it, in PEM." + relative,
                isRequired: true, example: "/etc/manifold/tls.pem"),
            Key(
                "key", \.key, .path, "Its private key, in PEM." + relative,
                isRequired: true, example: "/etc/manifold/tls.key"),
            Key(
                "clientCA", \.clientCA, .path,
                "The authorities, in PEM, one of which must have signed each client's certificate."
                    + relative,
                example: "/etc/manifold/clients.pem"),
        ])
}
