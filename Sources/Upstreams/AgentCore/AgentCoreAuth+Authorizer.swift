import Aggregator
import Machine
import Signing

extension AgentCoreAuth {
    /// What puts the proof into requests; nil where nothing has to.
    func authorizer(
        for upstream: String, region: String, _ aws: AWSSettings, _ tools: Tools,
        _ client: HTTPClient
    ) throws(Failure) -> (any Authorizer)? {
        switch self {
        case .none: return nil
        case .bearer(let token): return FixedToken(token: token.value)
        case .oauth(let oauth):
            return try oauth.authorizer(for: upstream, time: tools.time, client: client)
        case .identity(let identity):
            return try identity.authorizer(for: upstream, region: region, aws, tools)
        case .iam:
            // A role is taken on in the region where it is used, as AWS's own tools do.
            var aws = aws
            aws.region = aws.region ?? region
            return SigV4Authorizer(
                upstream: upstream, service: AWSService.agentCore.signingName, region: region,
                credentials: tools.accounts.provider(aws), clock: tools.accounts.clock)
        }
    }

    /// The part of a fingerprint that says who asks, without secrets.
    var mark: String {
        switch self {
        case .iam: "iam"
        case .none: "none"
        case .bearer(let token): token.written
        case .oauth(let oauth): oauth.mark
        case .identity(let identity): identity.mark
        }
    }
}

/// A token that is given.
struct FixedToken: Authorizer {
    let token: String

    func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {
        request.set("Authorization", "Bearer \(token)")
    }

    func refused(
        _ request: HTTPClientRequest, status: Int, fields: HTTPFields, body: [UInt8]
    ) async -> Bool { false }
}
