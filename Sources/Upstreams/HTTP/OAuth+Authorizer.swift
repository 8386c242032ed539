import Aggregator
import Machine
import Signing

extension HTTPSettings.OAuth {
    /// What gets tokens and puts them into requests.
    func authorizer(
        for upstream: String, time: any Timekeeper, client: HTTPClient
    ) throws(Failure) -> any Authorizer {
        guard let issuer else {
            return OAuthClientCredentials(
                upstream: upstream,
                try settings(
                    upstream, tokenURL: tokenURL?.value ?? "",
                    proof: proof == .post ? .post : .basic),
                time: time, client: client)
        }
        return try IssuerTokens(
            upstream: upstream, issuer: issuer.value, client: client
        ) { (server) throws(Failure) in
            let proof = self.proof.map { $0 == .post } ?? server.wantsPost
            return OAuthClientCredentials(
                upstream: upstream,
                try settings(
                    upstream, tokenURL: server.tokenEndpoint, proof: proof ? .post : .basic),
                time: time, client: client)
        }
    }

    private func settings(
        _ upstream: String, tokenURL: String, proof: OAuthSettings.Proof
    ) throws(Failure) -> OAuthSettings {
        try OAuthSettings(
            upstream: upstream, tokenURL: tokenURL, clientId: clientId.value,
            clientSecret: clientSecret.value, scopes: scopes, audience: audience?.value,
            resource: resource?.value, proof: proof)
    }

    /// The part of a fingerprint that says who asks, without secrets.
    var mark: String {
        ([(tokenURL ?? issuer)?.written ?? "", clientId.written] + scopes)
            .joined(separator: "\u{1E}")
    }
}
