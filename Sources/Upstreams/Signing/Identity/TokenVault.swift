import Aggregator
import Machine
import Wire

/// AgentCore Identity as it is asked: first who we are as a workload, then for a token.
struct TokenVault: Sendable {
    let upstream: String
    let wish: WorkloadTokens.Wish
    let accounts: AWSAccounts
    let settings: AWSSettings
    let time: any Timekeeper

    /// A token, fresh from the service.
    func newToken() async throws(Failure) -> AccessToken {
        let asked = time.now
        let proof = try await ask(
            "GetWorkloadAccessToken", path: "GetWorkloadAccessToken",
            JSONWriter.object([("workloadName", wish.workload)]))
        guard let workload = proof["workloadAccessToken"]?.string else {
            throw failure("GetWorkloadAccessToken", "its answer has no token")
        }
        let answer = try await ask(
            "GetResourceOauth2Token", path: "oauth2/token", question(workload))
        guard let text = answer["accessToken"]?.string else {
            throw failure(
                "GetResourceOauth2Token",
                answer["authorizationUrl"] == nil
                    ? "its answer has no token"
                    : "the provider wants a person to agree, and only machines are here")
        }
        let life = AccessToken.life(ofJWT: text, now: accounts.clock.now)
        let token = AccessToken(text, life: life, asked: asked, jitter: accounts.network.random())
        guard let token else { throw failure("GetResourceOauth2Token", "its token is none") }
        return token
    }

    private func question(_ workload: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, text) in [
            ("workloadIdentityToken", workload), ("resourceCredentialProviderName", wish.provider),
            ("oauth2Flow", "M2M"),
        ] {
            writer.key(name)
            writer.string(text)
        }
        write("scopes", wish.scopes, &writer)
        if !wish.audiences.isEmpty { write("audiences", wish.audiences, &writer) }
        if !wish.resources.isEmpty { write("resources", wish.resources, &writer) }
        writer.endObject()
        return writer.bytes
    }

    private func write(_ name: String, _ texts: [String], _ writer: inout JSONWriter) {
        writer.key(name)
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
    }

    // MARK: Asking

    private func ask(
        _ action: String, path: String, _ body: [UInt8]
    ) async throws(Failure) -> Value {
        let answer: AWSNetwork.Answer
        do throws(Failure) {
            let endpoint = try accounts.endpoint(.agentCore, region: wish.region, settings)
            let request = AWSNetwork.request(
                "POST", "\(endpoint.url)/identities/\(path)",
                fields: [("Content-Type", "application/json")], body: body)
            answer = try await accounts.ask(
                request, service: .agentCore, region: endpoint.signingRegion, settings)
        } catch {
            if error.code == .cancelled {
                throw Failure(.cancelled, error.message, upstream: upstream)
            }
            throw failure(action, error.message.withoutPeriod, error.code)
        }
        guard answer.status == 200 else { throw refusal(action, answer) }
        guard let value = try? Value(validating: answer.body) else {
            throw failure(action, "its answer is not JSON")
        }
        return value
    }

    private func refusal(_ action: String, _ answer: AWSNetwork.Answer) -> Failure {
        switch answer.code {
        case "AccessDeniedException":
            failure(
                action,
                """
                it is denied (AccessDeniedException). The AWS identity needs the rights \
                'bedrock-agentcore:GetWorkloadAccessToken' and \
                'bedrock-agentcore:GetResourceOauth2Token', and 'secretsmanager:GetSecretValue' for \
                the provider's secret
                """)
        case "ResourceNotFoundException":
            failure(
                action,
                """
                it does not exist (ResourceNotFoundException). Are 'workload' \
                ('\(wish.workload)'), 'provider' ('\(wish.provider)') and the region \
                ('\(wish.region)') in 'auth.identity' right
                """, end: "?")
        case let code:
            failure(action, "it answered with \(code ?? "status \(answer.status)")")
        }
    }

    private func failure(
        _ action: String, _ reason: String, _ code: Failure.Code = .unavailable, end: String = "."
    ) -> Failure {
        Failure(
            code,
            """
            Upstream '\(upstream)': could not get an access token of the provider \
            '\(wish.provider)' from AgentCore Identity (\(action)): \(reason)\(end)
            """, upstream: upstream)
    }
}
