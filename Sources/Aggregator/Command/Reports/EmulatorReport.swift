import Aggregator
import Emulator
import Wire

/// What people need who want to use a local AgentCore: addresses, keys, and a configuration to copy.
struct EmulatorReport {
    private let base: String
    private let settings: EmulatorSettings

    init(_ emulator: Emulator) {
        base = emulator.base
        settings = emulator.settings
    }

    // MARK: For people

    var text: String {
        var text = "AgentCore is emulated at \(base).\n"
        if !settings.runtimes.isEmpty {
            var table = Table("RUNTIME", "CONTRACT", "AUTH", "ARN")
            for runtime in settings.runtimes {
                table.add(
                    .init(runtime.name), .init(runtime.contract.rawValue),
                    .init(runtime.access.mode.rawValue), .init(settings.arn(of: runtime)))
            }
            text += "\n" + table.text(Ink.plain)
        }
        if !settings.gateways.isEmpty {
            var table = Table("GATEWAY", "AUTH", "URL")
            for gateway in settings.gateways {
                table.add(
                    .init(gateway.name), .init(gateway.access.mode.rawValue), .init(url(gateway)))
            }
            text += "\n" + table.text(Ink.plain)
        }
        return text + "\nFor AWS clients:\n" + exports + tokens + "\nFor Manifold:\n" + condition
            + upstreams + "\n"
    }

    /// What else Manifold needs, if somebody wants signatures; a comment, for it is copied.
    private var condition: String {
        modes.contains(.iam) ? "  # Export the variables above where Manifold is started.\n" : ""
    }

    private var modes: [Access.Mode] {
        settings.runtimes.map(\.access.mode) + settings.gateways.map(\.access.mode)
    }

    private var exports: String {
        """
          export AWS_REGION=\(settings.region) AWS_DEFAULT_REGION=\(settings.region)
          export AWS_ENDPOINT_URL_BEDROCK_AGENTCORE=\(base)
          export AWS_ENDPOINT_URL_STS=\(base)/sts
          export AWS_ACCESS_KEY_ID=\(settings.key.accessKeyId)
          export AWS_SECRET_ACCESS_KEY=\(settings.key.secretAccessKey)

        """
    }

    /// Only where somebody asks for tokens.
    private var tokens: String {
        guard modes.contains(.jwt), let client = settings.issuer.clients.first else { return "" }
        return """

            For tokens:
              \(base)/issuer/oauth2/token, client '\(client.id)' with the secret \
            '\(client.client.secret)'

            """
    }

    /// Entries that need no variable but the keys.
    private var upstreams: String {
        let runtimes = settings.runtimes.map { runtime in
            let kind = runtime.contract == .mcp ? "runtime" : "bridge"
            let arn = settings.arn(of: runtime)
            return """
                    \(Self.name(runtime.name)):
                      \(kind): { arn: "\(arn)", endpoint: "\(base)"\(auth(runtime.access)) }

                """
        }
        let gateways = settings.gateways.map { gateway in
            let region = gateway.access.mode == .iam ? ", region: \(settings.region)" : ""
            return """
                    \(gateway.name):
                      gateway: { url: "\(url(gateway))"\(region)\(auth(gateway.access)) }

                """
        }
        return "  upstreams:\n" + (runtimes + gateways).joined()
    }

    /// What is said where it is not a signature.
    private func auth(_ access: Access) -> String {
        switch access.mode {
        case .iam: return ""
        case .none: return ", auth: none"
        case .jwt:
            guard let client = settings.issuer.clients.first else { return "" }
            return ", auth: { jwt: { tokenUrl: \"\(base)/issuer/oauth2/token\", "
                + "clientId: \(client.id), clientSecret: \(client.client.secret) } }"
        }
    }

    private func url(_ gateway: GatewaySettings) -> String {
        "\(base)/gateways/\(gateway.name)/mcp"
    }

    /// A runtime's name in the form of an upstream's.
    private static func name(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" ? "-" : $0 }.prefix(20))
    }

    // MARK: For programs

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, text) in [
            ("endpoint", base), ("region", settings.region),
            ("accessKeyId", settings.key.accessKeyId),
            ("secretAccessKey", settings.key.secretAccessKey), ("issuer", "\(base)/issuer"),
        ] {
            writer.key(name)
            writer.string(text)
        }
        writer.key("runtimes")
        writer.beginObject()
        for runtime in settings.runtimes {
            writer.key(runtime.name)
            writer.string(settings.arn(of: runtime))
        }
        writer.endObject()
        writer.key("gateways")
        writer.beginObject()
        for gateway in settings.gateways {
            writer.key(gateway.name)
            writer.string(url(gateway))
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
