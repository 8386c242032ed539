package import Aggregator
import Machine
import Signing

/// The value of `auth.identity`: tokens that AgentCore Identity gives.
package struct AgentCoreIdentity: Sendable, Equatable {
    package var provider = ""
    package var workload: String?
    package var scopes: [String] = []
    package var audiences: [String] = []
    package var resources: [String] = []
    package var region: Text?

    package init() {}

    static let shape = Shape(
        Self(),
        [
            Key(
                "provider", \.provider, .string(nameForm, where: isName),
                "The credential provider, as AgentCore Identity calls it.", isRequired: true,
                example: "crm-oauth"),
            Key(
                "workload", \.workload, .string(workloadForm, where: isWorkload),
                "As which workload tokens are asked for; on AgentCore Runtime it is that runtime's own.",
                example: "tools-abcdefghij"),
            Key(
                "scopes", \.scopes, Format<String>.filled.list(), "The scopes asked for.",
                example: "[crm/read]"),
            Key(
                "audiences", \.audiences, Format<String>.filled.list(),
                "What some authorization servers want besides."),
            Key(
                "resources", \.resources, Format<String>.filled.list(),
                "The resources that the token is for (RFC 8707)."),
            Key(
                "region", \.region, AWSKeys.region,
                "The region of the provider, where it is not the one that we run in."),
        ])

    private static let nameForm = Schema.Form(
        pattern: "^[a-zA-Z0-9_-]{1,128}$", words: "of letters, digits, '-' and '_'")
    private static let workloadForm = Schema.Form(
        pattern: "^[A-Za-z0-9_.-]{3,255}$", words: "of 3 or more letters, digits, '-', '_' and '.'")

    private static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { isWord($0) }
    }

    private static func isWorkload(_ text: String) -> Bool {
        (3...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// The part of a fingerprint that says who asks.
    var mark: String {
        [[provider, workload ?? "", region?.value ?? ""], scopes, audiences, resources]
            .map { $0.joined(separator: "\u{1E}") }.joined(separator: "\u{1D}")
    }
}

extension AgentCoreIdentity {
    /// What gets tokens and puts them into requests.
    ///
    /// `region` is that of what is called. Throws when nothing says which workload we are.
    func authorizer(
        for upstream: String, region: String, _ aws: AWSSettings, _ tools: Tools
    ) throws(Failure) -> any Authorizer {
        let home = HostedRuntime(tools.environment)
        guard let workload = workload ?? home?.id else {
            throw Failure(
                .unavailable,
                """
                Upstream '\(upstream)': nothing says as which workload to ask AgentCore Identity. Set \
                'workload' in 'auth.identity'; it can be left out on AgentCore Runtime only.
                """, upstream: upstream)
        }
        let ours = self.region?.value ?? home?.region ?? (try? tools.region(aws))
        let wish = WorkloadTokens.Wish(
            workload: workload, provider: provider, scopes: scopes, audiences: audiences,
            resources: resources, region: ours ?? region)
        guard !wish.region.isEmpty else {
            throw Failure(
                .unavailable,
                """
                Upstream '\(upstream)': nothing says in which region to ask AgentCore Identity. Set \
                'region' in 'auth.identity', or AWS_REGION.
                """, upstream: upstream)
        }
        // A role is taken on in the region where it is used, as AWS's own tools do.
        var aws = aws
        aws.region = aws.region ?? wish.region
        return WorkloadTokens(
            upstream: upstream, wish, accounts: tools.accounts, aws, time: tools.time)
    }
}

extension Tools {
    /// The region for these settings, where neither an ARN nor a host says it; on AgentCore Runtime,
    /// which need not set AWS_REGION, at last that of the runtime that we run on.
    func region(_ aws: AWSSettings) throws(Failure) -> String? {
        let home = HostedRuntime(environment)?.region
        do throws(Failure) {
            return try accounts.region(aws) ?? home
        } catch {
            guard let home else { throw error }
            return home
        }
    }

    /// The same for what an upstream calls, which has to be somewhere.
    func region(
        of subject: String, for upstream: String, _ aws: AWSSettings
    ) throws(Failure) -> String {
        if let region = try region(aws) { return region }
        throw Failure(
            .unavailable, "Upstream '\(upstream)': nothing says in which AWS region \(subject) is.",
            advice: "Set 'region' in its entry, or AWS_REGION.", upstream: upstream)
    }
}

/// The runtime of AgentCore that we run on, as its platform tells every process.
struct HostedRuntime: Sendable, Hashable {
    let id: String
    let region: String

    /// Reads what the platform has set; nil elsewhere.
    init?(_ environment: Environment) {
        let attributes = environment["OTEL_RESOURCE_ATTRIBUTES"] ?? ""
        let resource = attributes.split(separator: ",").lazy
            .map { $0.split(separator: "=", maxSplits: 1) }
            .first { $0.count == 2 && $0[0] == "cloud.resource_id" }
        // `arn:…:runtime/ID`, and behind it perhaps `/runtime-endpoint/NAME:NAME`.
        guard let parts = resource?[1].split(separator: "/"), parts.count >= 2,
            let name = RuntimeName("\(parts[0])/\(parts[1].prefix { $0 != ":" })")
        else { return nil }
        (id, region) = (name.id, name.region)
    }
}
