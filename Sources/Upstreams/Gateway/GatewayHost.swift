/// What the host of a gateway says by its name: `ID.gateway.bedrock-agentcore.REGION.amazonaws.com`.
package struct GatewayHost: Sendable, Hashable {
    package let region: String
    /// The gateway's id; nil where the host is not one's own.
    package let id: String?

    /// Reads a host; nil for a name of the owner's own, which says nothing.
    package init?(_ host: String) {
        let labels = host.split(separator: ".")
        guard let service = labels.firstIndex(of: "bedrock-agentcore"),
            labels.indices.contains(service + 2), AWSKeys.isRegion(String(labels[service + 1]))
        else { return nil }
        region = String(labels[service + 1])
        let isOwn = service == 2 && labels[1] == "gateway"
        id = isOwn ? String(labels[0]) : nil
    }
}
