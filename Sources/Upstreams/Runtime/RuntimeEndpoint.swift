package import Aggregator
import Machine
import Signing

/// An MCP server on AgentCore Runtime.
package struct RuntimeEndpoint: Endpoint {
    private let entry: Entry
    private let settings: RuntimeSettings
    private let tools: Tools
    private let client: HTTPClient
    private let milestones = Milestones()

    /// The endpoint of one entry of the configuration.
    package init(_ upstream: Configuration.Upstream, _ settings: RuntimeSettings, _ tools: Tools) {
        entry = Entry(upstream)
        self.settings = settings
        self.tools = tools
        client = HTTPClient(
            on: tools.loop, tools.accounts.clientSettings(settings.aws.settings))
    }

    package var summary: String { "runtime \(settings.arn?.written ?? settings.shownId)" }

    package var fingerprint: String {
        var parts = [
            settings.arn?.written ?? settings.shownId, settings.account ?? "",
            settings.endpointName, settings.endpoint?.written ?? "", settings.auth.mark,
            settings.userId?.written ?? "",
        ]
        parts += settings.headers.map { "\($0.name): \($0.value.written)" }
        // Literal values may be secrets, and this is kept on disk.
        return Digest.sha256Text(Array(parts.joined(separator: "\u{1F}").utf8))
    }

    package func adopt(_ upstream: Configuration.Upstream) { entry.adopt(upstream) }

    package func legs() async -> [Leg] {
        let url = try? address()
        return await AgentCoreLegs(
            auth: settings.auth, aws: settings.aws.settings, region: url?.region,
            tools: tools, authorizer: try? authorizer(region: ""),
            place: url.flatMap { try? Place($0.url) },
            milestones: milestones,
            policy: CallerPolicy.runtimes([settings.name(in: url?.region ?? "")].compactMap(\.self))
        ).all()
    }

    package func connect() async throws(Failure) -> any Connection {
        HTTPConnection(try route(stops: settings.stopsAtExit), entry, tools)
    }

    /// How it is asked, whatever it speaks; `stops` says whether a session's machine is stopped.
    func route(stops: Bool) throws(Failure) -> HTTPRoute {
        let (base, url, region) = try address()
        let authorizer = try authorizer(region: region)
        return HTTPRoute(
            place: try AgentCoreFaults.place(url, entry.name),
            fields: RequestFields(headers: headers, namesEverySession: true),
            client: ClientSender(client: client), authorizer: authorizer, transport: .streamable,
            limit: tools.messageLimit, manners: manners(base, stops: stops),
            milestones: milestones)
    }

    private func authorizer(region: String) throws(Failure) -> (any Authorizer)? {
        try settings.auth.authorizer(
            for: entry.name, region: region, settings.aws.settings, tools, client)
    }

    /// Where messages go, the service that they go to, and the region that signatures are for.
    private func address() throws(Failure) -> (base: String, url: String, region: String) {
        let (base, region) = try place()
        let (name, account) = settings.target
        let path = RuntimePath.invocations(
            name, qualifier: settings.endpointName, account: account)
        return (base, base + path, region)
    }

    /// Where the service is, and the region that signatures are for.
    private func place() throws(Failure) -> (base: String, region: String) {
        let aws = settings.aws.settings
        let region =
            if let name = settings.name { name.region } else {
                try tools.region(of: subject, for: entry.name, aws)
            }
        if let endpoint = settings.endpoint {
            let named = AWSEndpoint(url: endpoint.value, signingRegion: region)
            return (named.url, region)
        }
        let found = try tools.accounts.endpoint(.agentCore, region: region, aws)
        return (found.url, found.signingRegion)
    }

    private var headers: [(name: String, value: String)] {
        var headers = settings.headers.map { (name: $0.name, value: $0.value.value) }
        if let user = settings.userId {
            headers.append(("X-Amzn-Bedrock-AgentCore-Runtime-User-Id", user.value))
        }
        let hasAgent = headers.contains { $0.name.lowercased() == "user-agent" }
        return headers + (hasAgent ? [] : [("User-Agent", "manifold")])
    }

    private func manners(_ base: String, stops: Bool) -> HTTPManners {
        let (name, account) = settings.target
        let stop = RuntimePath.stop(name, qualifier: settings.endpointName, account: account)
        return .runtime(faults, stop: stops ? base + stop : nil)
    }

    private var subject: String { "the runtime '\(settings.shownId)'" }

    private var faults: AgentCoreFaults {
        AgentCoreFaults(
            upstream: entry.name, subject: subject, auth: settings.auth,
            action: "bedrock-agentcore:InvokeAgentRuntime",
            doubt: settings.arn == nil
                ? "Are 'id', 'account', qualifier and region right"
                : "Are ARN and qualifier right")
    }
}
