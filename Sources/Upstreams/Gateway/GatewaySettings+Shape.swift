package import Aggregator
import Wire

extension GatewaySettings {
    /// How the settings are written.
    package static let format = Format<GatewaySettings>(Self.shape.schema) { node, reading in
        guard let settings = shape.read(node, into: &reading) else { return nil }
        settings.check(node, &reading)
        return settings
    }

    private static let shape = Shape(
        Self(),
        [
            Key(
                "url", \.url, .address, "The gateway's address, as the console shows it.",
                isRequired: true,
                example:
                    "https://team-abcdefghij.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"),
            Key(
                "auth", \.auth, AgentCoreAuth.ofGateway,
                "How the right to call it is proved: with AWS credentials, with a token, or not."),
            Key(
                "profile", \.aws.profile, .filled,
                "The profile of `~/.aws` whose credentials sign, instead of what the environment says.",
                example: "team"),
            Key(
                "region", \.aws.region, AWSKeys.region,
                "The region of a gateway whose host does not say it.", example: "us-east-1"),
            Key(
                "role", \.aws.role, AWSKeys.role, "A role that is taken on with these credentials."),
            Key(
                "headers", \.headers, HTTPSettings.Header.ofRuntime, "Sent with every request.",
                example: "{ X-Team: blue }"),
        ])

    private func check(_ node: Node, _ reading: inout Reading) {
        reading.checkSecure(url, "url", node)
        guard let region = aws.region, let host, region.value != host.region else { return }
        reading.report(
            "\(reading.part("'region'")) is '\(region.written)', but the host says "
                + "'\(host.region)'; leave it out", at: node["region"]?.mark ?? node.mark)
    }
}

extension Kind.Usual {
    /// A gateway's calls may take 15 min, and its tool for searching has a name that says little.
    static let gateway: Self = {
        var usual = Self()
        usual.timeouts.idle = .seconds(16 * 60)
        usual.rename = [GatewaySettings.searchTool: "search_tools"]
        return usual
    }()

    /// A runtime's calls may take 15 min, and its start 2.
    static let runtime: Self = {
        var usual = Self()
        usual.timeouts.start = .seconds(180)
        usual.timeouts.idle = .seconds(16 * 60)
        return usual
    }()
}
