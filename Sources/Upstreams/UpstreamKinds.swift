package import Aggregator

/// The kinds of upstream; adding one adds a folder and its lines here.
package enum UpstreamKinds {
    /// How each kind is written in a configuration, in the order of the documentation.
    package static let all: [Kind] = [
        Kind(
            "stdio", .object(StdioSettings.shape), "A child process that speaks lines.",
            example: "{ command: uvx, args: [mcp-server-time] }"),
        Kind(
            "http", .object(HTTPSettings.shape), "A server at a URL.",
            example: "{ url: https://example.com/mcp }"),
        Kind(
            "runtime", RuntimeSettings.format,
            "An MCP server on AgentCore Runtime; it has 3 min to start and 16 min to answer unless `timeouts` "
                + "says otherwise.",
            example: "{ arn: \"arn:aws:bedrock-agentcore:…:runtime/weather-abcdefghij\" }",
            usual: .runtime),
        Kind(
            "gateway", GatewaySettings.format,
            "An AgentCore gateway; it has 16 min to answer unless `timeouts` says otherwise.",
            example: "{ url: https://….gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp }",
            usual: .gateway),
        Kind(
            "bridge", BridgeSettings.format,
            "A stdio server behind a bridge on AgentCore Runtime (protocol HTTP); it has the same times.",
            example: "{ arn: \"arn:aws:bedrock-agentcore:…:runtime/story-abcdefghij\" }",
            usual: .runtime),
    ]

    /// The endpoint of each enabled upstream, by its name.
    package static func endpoints(
        _ configuration: Configuration, _ tools: Tools
    ) -> [String: any Endpoint] {
        var endpoints: [String: any Endpoint] = [:]
        for upstream in configuration.upstreams where upstream.isEnabled {
            if let settings = upstream.settings as? StdioSettings {
                endpoints[upstream.name] = StdioEndpoint(upstream, settings, tools)
            } else if let settings = upstream.settings as? HTTPSettings {
                endpoints[upstream.name] = HTTPEndpoint(upstream, settings, tools)
            } else if let settings = upstream.settings as? RuntimeSettings {
                endpoints[upstream.name] = RuntimeEndpoint(upstream, settings, tools)
            } else if let settings = upstream.settings as? BridgeSettings {
                endpoints[upstream.name] = BridgeEndpoint(upstream, settings, tools)
            } else if let settings = upstream.settings as? GatewaySettings {
                endpoints[upstream.name] = GatewayEndpoint(upstream, settings, tools)
            }
        }
        return endpoints
    }
}
