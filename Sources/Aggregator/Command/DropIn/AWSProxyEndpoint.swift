import Aggregator
import Machine
import Signing

/// Where `mcp-proxy-for-aws` leads, and what its signatures are for.
struct AWSProxyEndpoint: Sendable, Hashable {
    let url: String
    /// What signatures call the service.
    let service: String
    /// The region that signatures are for.
    let signingRegion: String
    /// The region that the server is told to work in.
    let region: String
    /// The same for each further profile, which may work in another one.
    let regions: [String: String]

    /// Finds out what the command line leaves open.
    init(_ arguments: AWSProxyArguments, _ environment: Environment, _ accounts: AWSAccounts)
        throws(DropInFailure)
    {
        let url = arguments.endpoint ?? ""
        try Self.check(url)
        let (service, region) = Self.inferred(from: url)
        self.url = url
        self.service = arguments.service ?? service
        guard !self.service.isEmpty else {
            throw Self.failure(
                """
                Could not determine AWS service name and region from endpoint '\(url)' and they were \
                not provided. Please provide the service name explicitly using --service argument and \
                the region via --region argument.
                """)
        }
        guard let signing = arguments.region ?? region ?? environment.word("AWS_REGION") else {
            throw Self.failure(
                """
                Could not determine AWS region from endpoint '\(url)' or from environment variable \
                AWS_REGION. Please provide the region explicitly using --region argument.
                """)
        }
        signingRegion = signing
        func home(_ profile: String?) -> String {
            let chained = try? accounts.region(AWSSettings(profile: profile))
            return environment.word("AWS_DEFAULT_REGION") ?? chained ?? region ?? signing
        }
        self.region = home(arguments.profiles.first)
        var regions: [String: String] = [:]
        for profile in arguments.profiles.dropFirst() { regions[profile] = home(profile) }
        self.regions = regions
    }

    /// Signatures travel encrypted, or do not leave the machine.
    private static func check(_ url: String) throws(DropInFailure) {
        let invalid = "Invalid endpoint URL '\(url)'"
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
            throw failure(
                "\(invalid): missing URL scheme. Use https:// prefix for secure connections.")
        }
        let scheme = url[..<colon].lowercased()
        guard scheme == "https" || scheme == "http" else {
            throw failure(
                """
                \(invalid): unsupported scheme '\(scheme)'. Only HTTPS is supported for secure \
                credential transmission.
                """)
        }
        let address: HTTPAddress
        do throws(MachineFailure) {
            address = try HTTPAddress(url)
        } catch {
            throw failure("\(invalid). \(error.message)")
        }
        guard scheme == "https" || ["localhost", "127.0.0.1", "::1"].contains(address.host) else {
            throw failure(
                """
                \(invalid): HTTP is not allowed for remote endpoints. AWS credentials must be \
                transmitted over HTTPS to prevent interception. Use https:// instead.
                """)
        }
    }

    /// The service and region that a host names; hosts of other kinds begin with the service.
    static func inferred(from url: String) -> (service: String, region: String?) {
        guard let host = try? HTTPAddress(url).host else { return ("", nil) }
        let labels = host.split(separator: ".").map(String.init)
        if labels.count >= 4, labels.suffix(2) == ["amazonaws", "com"],
            labels[labels.count - 4] == "bedrock-agentcore"
        {
            return ("bedrock-agentcore", labels[labels.count - 3])
        }
        if labels.count == 4, labels.suffix(2) == ["api", "aws"] { return (labels[0], labels[1]) }
        return (labels.first ?? "", nil)
    }

    private static func failure(_ text: String) -> DropInFailure {
        DropInFailure(code: ExitCode.failure, text: "mcp-proxy-for-aws: \(text)")
    }
}
