package import Aggregator
package import Machine

/// Bearer tokens of AgentCore Identity: it knows a client of the authorization server, and gives
/// tokens to workloads that may have them (AgentCore, "Obtain OAuth 2.0 access token").
///
/// Nothing says how long a token is good for but the token itself, if it is a JWT.
package struct WorkloadTokens: Authorizer {
    /// What is asked for, by whom.
    package struct Wish: Sendable, Hashable {
        /// The name of the workload: a runtime's is its id.
        package var workload: String
        /// The credential provider, as the account calls it.
        package var provider: String
        package var scopes: [String]
        package var audiences: [String]
        package var resources: [String]
        /// The region of the account's vault.
        package var region: String

        /// A wish with every part given.
        package init(
            workload: String, provider: String, scopes: [String], audiences: [String],
            resources: [String], region: String
        ) {
            self.workload = workload
            self.provider = provider
            self.scopes = scopes
            self.audiences = audiences
            self.resources = resources
            self.region = region
        }
    }

    private let tokens: BearerTokens

    /// Tokens for an upstream; requests for them are signed with what `settings` lead to.
    package init(
        upstream: String, _ wish: Wish, accounts: AWSAccounts, _ settings: AWSSettings,
        time: any Timekeeper
    ) {
        let vault = TokenVault(
            upstream: upstream, wish: wish, accounts: accounts, settings: settings, time: time)
        tokens = BearerTokens(upstream: upstream, time: time) { () async throws(Failure) in
            try await vault.newToken()
        }
    }

    package func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {
        try await tokens.authorize(&request)
    }

    package func refused(
        _ request: HTTPClientRequest, status: Int, fields: HTTPFields, body: [UInt8]
    ) async -> Bool {
        await tokens.refused(request, status: status, fields: fields, body: body)
    }
}
