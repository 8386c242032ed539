/// Which headers a signature covers.
package enum SignedHeaders {
    /// Whether a header, named in small letters, reaches the service as it was sent.
    ///
    /// Those of AWS, of AgentCore and of MCP do, and those that say what the body is. Proxies rewrite
    /// others on the way (`User-Agent`, `Via`, what traces a request), and each one that is signed and
    /// rewritten makes a request fail.
    package static func areStable(_ name: String) -> Bool {
        switch name {
        case "host", "content-type", "accept": true
        default: prefixes.contains { name.hasPrefix($0) }
        }
    }

    private static let prefixes = ["x-amz-", "x-amzn-bedrock-agentcore-", "mcp-"]
}
