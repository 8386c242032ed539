package import Aggregator
package import Machine

/// Bearer tokens by OAuth's client credentials grant (RFC 6749, section 4.4).
package struct OAuthClientCredentials: Authorizer {
    /// Sends the request for a token; the status and the body of the answer.
    package typealias Exchange =
        @Sendable (HTTPClientRequest) async throws(MachineFailure) -> (status: Int, body: [UInt8])

    private let tokens: BearerTokens

    /// Tokens for an upstream; `random` is a number in 0..<1.
    package init(
        upstream: String, _ settings: OAuthSettings, time: any Timekeeper,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        exchange: @escaping Exchange
    ) {
        let server = AuthorizationServer(
            upstream: upstream, settings: settings, time: time, random: random, exchange: exchange)
        tokens = BearerTokens(upstream: upstream, time: time) { () async throws(Failure) in
            try await server.newToken()
        }
    }

    /// Tokens for an upstream, asked for with a client.
    package init(
        upstream: String, _ settings: OAuthSettings, time: any Timekeeper, client: HTTPClient
    ) {
        self.init(upstream: upstream, settings, time: time) {
            (request) async throws(MachineFailure) in
            let response = try await client.send(request)
            return (response.status, try await response.whole(limit: 1 << 20))
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

/// Who gives a token for a client's id and secret.
private struct AuthorizationServer: Sendable {
    let upstream: String
    let settings: OAuthSettings
    let time: any Timekeeper
    let random: @Sendable () -> Double
    let exchange: OAuthClientCredentials.Exchange

    func newToken() async throws(Failure) -> AccessToken {
        let asked = time.now
        let (status, body) = try await answer()
        guard status == 200 else {
            let code = AccessToken.refusal(body).map { " and the error '\($0)'" } ?? ""
            throw failure("it answered with status \(status)\(code)")
        }
        let token = AccessToken(body, asked: asked, jitter: random())
        guard let token else { throw failure("its answer has no bearer token") }
        return token
    }

    private func answer() async throws(Failure) -> (status: Int, body: [UInt8]) {
        do throws(MachineFailure) {
            return try await exchange(settings.tokenRequest)
        } catch {
            if Task.isCancelled || error.code == .cancelled {
                throw Failure(.cancelled, "The request was cancelled.", upstream: upstream)
            }
            throw failure(error.message)
        }
    }

    private func failure(_ reason: String) -> Failure {
        let end = reason.hasSuffix(".") ? "" : "."
        return Failure(
            .unavailable,
            """
            Upstream '\(upstream)': could not get an access token from '\(settings.origin)': \
            \(reason)\(end)
            """, upstream: upstream)
    }
}
