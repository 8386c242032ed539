package import Aggregator
import Machine
import Signing

/// An AgentCore gateway.
package struct GatewayEndpoint: Endpoint {
    private let entry: Entry
    private let settings: GatewaySettings
    private let tools: Tools
    private let client: HTTPClient
    private let milestones = Milestones()

    /// The endpoint of one entry of the configuration.
    package init(_ upstream: Configuration.Upstream, _ settings: GatewaySettings, _ tools: Tools) {
        entry = Entry(upstream)
        self.settings = settings
        self.tools = tools
        client = HTTPClient(
            on: tools.loop, tools.accounts.clientSettings(settings.aws.settings))
    }

    package var summary: String {
        // The path says which gateway it is; a query may be anything.
        let url = settings.url.value.prefix { $0 != "?" && $0 != "#" }
        return "gateway \(settings.url.isExpanded ? settings.url.written : String(url))"
    }

    package var fingerprint: String {
        var parts = [settings.url.written, settings.auth.mark, settings.aws.profile?.written ?? ""]
        parts += settings.headers.map { "\($0.name): \($0.value.written)" }
        // Literal values may be secrets, and this is kept on disk.
        return Digest.sha256Text(Array(parts.joined(separator: "\u{1F}").utf8))
    }

    package func adopt(_ upstream: Configuration.Upstream) { entry.adopt(upstream) }

    package func legs() async -> [Leg] {
        let region = try? region()
        let id = settings.host?.id ?? "*"
        let partition = AWSPartition.of(region: region ?? "").id
        let arn = "arn:\(partition):bedrock-agentcore:\(region ?? "*"):*:gateway/\(id)"
        return await AgentCoreLegs(
            auth: settings.auth, aws: settings.aws.settings, region: region, tools: tools,
            authorizer: try? authorizer(), place: try? Place(settings.url.value),
            milestones: milestones, policy: CallerPolicy.gateway(arn)
        ).all()
    }

    package func connect() async throws(Failure) -> any Connection {
        let authorizer = try authorizer()
        let headers = settings.headers.map { (name: $0.name, value: $0.value.value) }
        let hasAgent = headers.contains { $0.name.lowercased() == "user-agent" }
        let route = HTTPRoute(
            place: try AgentCoreFaults.place(settings.url.value, entry.name),
            fields: RequestFields(
                headers: headers + (hasAgent ? [] : [("User-Agent", "manifold")])),
            client: ClientSender(client: client), authorizer: authorizer, transport: .streamable,
            limit: tools.messageLimit, manners: .agentCore(faults), milestones: milestones)
        return HTTPConnection(route, entry, tools)
    }

    private func authorizer() throws(Failure) -> (any Authorizer)? {
        try settings.auth.authorizer(
            for: entry.name, region: try region(), settings.aws.settings, tools, client)
    }

    /// The region that signatures are for; empty where only a signature would need to know it.
    private func region() throws(Failure) -> String {
        if let region = settings.aws.region?.value ?? settings.host?.region { return region }
        guard settings.auth == .iam else { return "" }
        return try tools.region(of: subject, for: entry.name, settings.aws.settings)
    }

    private var faults: AgentCoreFaults {
        AgentCoreFaults(
            upstream: entry.name, subject: subject, auth: settings.auth,
            action: "bedrock-agentcore:InvokeGateway", doubt: "Is 'url' right, with its path")
    }

    private var subject: String {
        "the gateway" + (settings.host?.id.map { " '\($0)'" } ?? "")
    }
}
