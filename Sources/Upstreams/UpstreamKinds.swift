package import Aggregator

/// The kinds of upstream that a configuration may name, in the order of the documentation.
package enum UpstreamKinds {
    package static let all: [Kind] = [
        Kind(
            "stdio", .object(StdioSettings.shape), "A child process that speaks lines.",
            example: "{ command: uvx, args: [mcp-server-time] }"),
        Kind(later: "http"),
        Kind(later: "runtime"),
        Kind(later: "gateway"),
        Kind(later: "bridge"),
    ]
}
