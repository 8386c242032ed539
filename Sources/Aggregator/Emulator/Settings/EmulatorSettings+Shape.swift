package import Aggregator
package import Wire

extension EmulatorSettings {
    /// How the file is written; `kinds` are those that a gateway's targets may be of.
    package static func shape(_ kinds: [Kind]) -> Shape<Self> {
        Shape(
            Self(),
            [
                Key("port", \.port, .integer(0...65_535), "The port of 127.0.0.1 to listen at."),
                Key(
                    "account", \.account, .string(.account) { Schema.Form.isAccount($0) },
                    "The account that owns everything."),
                Key("region", \.region, .filled, "The region that requests are signed for."),
                Key(
                    "clock", \.speed, .integer(1...100_000),
                    "How many times faster the platform's times pass."),
                Key(
                    "key", \.key, .object(KeySettings.shape), "The key pair that may do everything."
                ),
                Key(
                    "role", \.role, .object(RoleSettings.shape),
                    "The role whose temporary credentials are handed out."),
                Key("issuer", \.issuer, .object(IssuerSettings.shape), "Who gets tokens."),
                Key(
                    "identity", \.identity, .object(WorkloadSettings.shape),
                    "AgentCore Identity, which gives tokens to workloads."),
                Key("runtimes", \.runtimes, RuntimeSettings.all, "The runtimes, by name."),
                Key("gateways", \.gateways, GatewaySettings.all(kinds), "The gateways, by name."),
            ])
    }

    /// Reads a file, or says everything that is wrong with it.
    ///
    /// Relative paths start from `folder`.
    package static func read(
        _ node: Node, kinds: [Kind], environment: [String: String], folder: String?
    ) throws(Diagnostics) -> Self {
        var reading = Reading(environment: environment, folder: folder)
        let settings = shape(kinds).read(node, into: &reading)
        guard let settings, reading.diagnostics.isEmpty else {
            throw Diagnostics(reading.diagnostics)
        }
        return settings
    }
}

extension Schema.Form {
    fileprivate static let account = Self(pattern: "^[0-9]{12}$", words: "of 12 digits")

    fileprivate static func isAccount(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension KeySettings {
    fileprivate static let shape = Shape(
        Self(),
        [
            Key("accessKeyId", \.accessKeyId, .filled, "Its public half."),
            Key("secretAccessKey", \.secretAccessKey, .filled, "Its other half."),
        ])
}

extension RoleSettings {
    fileprivate static let shape = Shape(
        Self(),
        [
            Key("name", \.name, .filled, "Its name."),
            Key("life", \.life, .duration, "How long its credentials are good for."),
            Key(
                "containerToken", \.containerToken, .filled,
                "What containers show to the credentials endpoint."),
        ])
}

extension IssuerSettings {
    fileprivate static let shape = Shape(
        Self(),
        [
            Key("tokenLife", \.tokenLife, .duration, "How long a token is good for."),
            Key(
                "clients", \.clients,
                Format<TokenClient>.object(TokenClient.shape).mapping(of: "client").map(
                    { entries in entries.map { (id: $0.key, client: $0.value) } },
                    back: { _ in nil }),
                "Clients by their id."),
        ])
}

extension WorkloadSettings {
    fileprivate static let shape = Shape(
        Self(),
        [
            Key(
                "workloads", \.workloads, Format<String>.filled.list(),
                "Names of workloads besides the ids of the runtimes."),
            Key(
                "providers", \.providers,
                Format<String>.filled.mapping(of: "provider").map(
                    { entries in entries.map { (name: $0.key, client: $0.value) } },
                    back: { _ in nil }),
                "Credential providers: a name, and the client of the issuer whose tokens it gives."),
        ])
}

extension TokenClient {
    fileprivate static let shape = Shape(
        Self(),
        [
            Key("secret", \.secret, .filled, "Its secret.", isRequired: true),
            Key("scopes", \.scopes, Format<String>.filled.list(), "The scopes that it may have."),
        ])
}
