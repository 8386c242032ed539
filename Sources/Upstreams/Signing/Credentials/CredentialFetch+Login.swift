import Aggregator
import Machine
import Wire

extension CredentialFetch {
    /// From when on credentials of `aws login` are replaced, in seconds before they expire.
    private static let loginWindow: Int64 = 5 * 60

    /// The credentials that `aws login` keeps, replaced when they are about to expire.
    func signedIn(_ session: CredentialPlan.LoginSession) async throws(Failure) -> AWSCredentials {
        let folder =
            variables.environment["AWS_LOGIN_CACHE_DIRECTORY"] ?? "~/.aws/login/cache"
        let path = try home("\(folder)/\(Digest.sha256Text(Array(session.name.utf8))).json")
        // Another process may have replaced them since.
        let kept = files.stamp(path) == nil ? nil : try? Value(validating: try read(path))
        guard let kept, let credentials = credentials(kept["accessToken"], session),
            kept["refreshToken"]?.string != nil, kept["clientId"]?.string != nil
        else { throw again(session, "nobody has signed in for the profile '\(session.profile)'") }
        if let expires = credentials.expires, expires - clock.now > Self.loginWindow {
            return credentials
        }
        return try await renew(kept, credentials, session, path)
    }

    private func credentials(
        _ token: Value?, _ session: CredentialPlan.LoginSession
    ) -> AWSCredentials? {
        guard let token, let id = token["accessKeyId"]?.string,
            let secret = token["secretAccessKey"]?.string,
            let sessionToken = token["sessionToken"]?.string,
            let expires = token["expiresAt"]?.string.flatMap(Moment.seconds(iso:))
        else { return nil }
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: secret, sessionToken: sessionToken, expires: expires,
            accountId: token["accountId"]?.string,
            source: "'aws login' for the profile '\(session.profile)'")
    }

    private func again(_ session: CredentialPlan.LoginSession, _ reason: String) -> Failure {
        .credentials(
            "\(reason); sign in with 'aws login --profile \(session.profile)', then try again")
    }

    // MARK: New ones

    private func renew(
        _ kept: Value, _ old: AWSCredentials, _ session: CredentialPlan.LoginSession, _ path: String
    ) async throws(Failure) -> AWSCredentials {
        guard let key = kept["dpopKey"]?.string.flatMap({ ES256(pem: $0) }) else {
            throw again(session, "the key that 'aws login' keeps cannot be read")
        }
        let region = kept["signInRegion"]?.string ?? session.region ?? "us-east-1"
        let endpoint = try endpoint(.signin, region)
        let url = "\(endpoint.url)/v1/token"
        let body = JSONWriter.object([
            ("clientId", kept["clientId"]?.string ?? ""), ("grantType", "refresh_token"),
            ("refreshToken", kept["refreshToken"]?.string ?? ""),
        ])
        let proof = Self.proof(of: key, for: url, at: clock.now)
        let request = AWSNetwork.request(
            "POST", url, fields: [("Content-Type", "application/json"), ("DPoP", proof)],
            body: body)
        let answer = try await ask(request, endpoint)
        let value = try? Value(validating: answer.body)
        guard answer.status == 200 else {
            // Meanwhile somebody else may have renewed it, and spent the token that we had for that.
            let latest = (try? Value(validating: try read(path)))?["accessToken"]
            if let other = credentials(latest, session), other != old { return other }
            throw refusal(answer.status, value, session, url)
        }
        guard let value, let token = value["accessToken"], let end = end(after: value["expiresIn"]),
            let next = value["refreshToken"]?.string,
            let text = Self.rewrite(
                kept, token, account: old.accountId, until: end, next),
            let renewed = credentials((try? Value(validating: text))?["accessToken"], session)
        else { throw again(session, "the answer of \(url) has no credentials") }
        // The old refresh token is spent: without the new one nobody could go on.
        do throws(MachineFailure) {
            try files.write(path, text)
        } catch {
            throw .credentials("what 'aws login' keeps could not be replaced: \(error.message)")
        }
        return renewed
    }

    private func refusal(
        _ status: Int, _ answer: Value?, _ session: CredentialPlan.LoginSession, _ url: String
    ) -> Failure {
        switch answer?["error"]?.string {
        case "TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED":
            again(session, "whoever signed in for the profile '\(session.profile)' was signed out")
        case "INSUFFICIENT_PERMISSIONS":
            .credentials(
                """
                whoever signed in for the profile '\(session.profile)' lacks the permission \
                signin:CreateOAuth2Token
                """)
        default: .credentials("\(url) answered with status \(status)")
        }
    }

    /// What is kept, with new credentials in it and everything else as it is.
    private static func rewrite(
        _ kept: Value, _ token: Value, account: String?, until expires: Int64, _ refresh: String
    ) -> [UInt8]? {
        guard let id = token["accessKeyId"]?.string,
            let secret = token["secretAccessKey"]?.string,
            let sessionToken = token["sessionToken"]?.string
        else { return nil }
        var members = [
            ("accessKeyId", id), ("secretAccessKey", secret), ("sessionToken", sessionToken),
            ("expiresAt", Moment.text(expires)),
        ]
        if let account { members.append(("accountId", account)) }
        var writer = JSONWriter()
        writer.beginObject()
        for member in kept.members {
            let key = member.key.string ?? ""
            writer.key(key)
            switch key {
            case "accessToken": writer.raw(JSONWriter.object(members))
            case "refreshToken": writer.string(refresh)
            default: writer.value(member.value)
            }
        }
        writer.endObject()
        return writer.bytes
    }

    /// A proof of possession of a key for one request (RFC 9449, section 4.2).
    static func proof(of key: ES256, for url: String, at moment: Int64) -> String {
        let (x, y) = key.publicKey
        let header = Array(
            """
            {"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","x":"\(Base64.encodeForURL(x))",\
            "y":"\(Base64.encodeForURL(y))","crv":"P-256"}}
            """.utf8)
        var claims = JSONWriter()
        claims.beginObject()
        claims.key("htm")
        claims.string("POST")
        claims.key("htu")
        claims.string(url)
        claims.key("iat")
        claims.integer(moment)
        claims.key("jti")
        claims.string(Digest.hexadecimal(Randomness.bytes(16)))
        claims.endObject()
        let input = "\(Base64.encodeForURL(header)).\(Base64.encodeForURL(claims.bytes))"
        return "\(input).\(Base64.encodeForURL(key.sign(Array(input.utf8))))"
    }
}
