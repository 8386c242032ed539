package import Aggregator
import Machine

/// What an authorization server gives a token for (RFC 6749, section 4.4).
package struct OAuthSettings: Sendable {
    /// How the client proves to the authorization server who it is (RFC 6749, section 2.3.1).
    package enum Proof: Sendable, Hashable {
        /// With an `Authorization` field (`client_secret_basic`).
        case basic
        /// In the body (`client_secret_post`).
        case post
    }

    let tokenURL: String
    let clientId: String
    let clientSecret: String
    let scopes: [String]
    let audience: String?
    let resource: String?
    let proof: Proof
    /// The token URL without its path and query, for messages.
    let origin: String

    /// The settings of an upstream.
    ///
    /// `audience` is what some servers want to tell resources apart, `resource` is RFC 8707's word.
    /// Throws for a token URL that would show the secret to the network.
    package init(
        upstream: String, tokenURL: String, clientId: String, clientSecret: String,
        scopes: [String] = [], audience: String? = nil, resource: String? = nil,
        proof: Proof = .basic
    ) throws(Failure) {
        let address: HTTPAddress
        do throws(MachineFailure) {
            address = try HTTPAddress(tokenURL)
        } catch {
            throw Failure(
                .unavailable, "Upstream '\(upstream)': its token URL is unusable: \(error.message)",
                upstream: upstream)
        }
        guard address.isSecure || address.isLoopback else {
            throw Failure(
                .unavailable,
                """
                Upstream '\(upstream)': the token URL at '\(address.origin)' must begin with \
                'https://', or everybody on the way could read the client's secret.
                """, upstream: upstream)
        }
        self.tokenURL = tokenURL
        self.clientId = clientId
        self.clientSecret = clientSecret
        self.scopes = scopes
        self.audience = audience
        self.resource = resource
        self.proof = proof
        origin = address.origin
    }
}
