import Aggregator
import Machine
import Wire

extension CredentialFetch {
    /// From when on a portal's token is replaced, in seconds before it expires.
    private static let refreshWindow: Int64 = 15 * 60

    /// The credentials of a role at a portal, with the token that `aws sso login` keeps.
    func portal(_ login: CredentialPlan.SSOLogin) async throws(Failure) -> AWSCredentials {
        let token = try await token(login)
        let endpoint = try endpoint(.sso, login.region)
        let role = PercentEncoding.encode(login.role)
        let account = PercentEncoding.encode(login.account)
        let request = AWSNetwork.request(
            "GET",
            "\(endpoint.url)/federation/credentials?role_name=\(role)&account_id=\(account)",
            fields: [("Accept", "application/json"), ("x-amz-sso_bearer_token", token)])
        let answer = try await ask(request, endpoint)
        switch answer.status {
        case 200: return try credentials(answer.body, login)
        case 401: throw again(login, "the portal does not accept the token")
        case 403:
            throw .credentials(
                """
                the role '\(login.role)' in the account \(login.account) is not assigned to whoever \
                signed in for the profile '\(login.profile)'
                """)
        default:
            throw .credentials("\(endpoint.url) answered with status \(answer.status)")
        }
    }

    private func credentials(
        _ body: [UInt8], _ login: CredentialPlan.SSOLogin
    ) throws(Failure) -> AWSCredentials {
        let found = (try? Value(validating: body))?["roleCredentials"]
        guard let found, let id = found["accessKeyId"]?.string,
            let secret = found["secretAccessKey"]?.string,
            let token = found["sessionToken"]?.string, let expires = found["expiration"]?.integer
        else { throw .credentials("the answer of the portal has no credentials") }
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: secret, sessionToken: token,
            expires: Int64(expires / 1000), accountId: login.account,
            source: "the SSO profile '\(login.profile)'")
    }

    func ask(
        _ request: HTTPClientRequest, _ endpoint: AWSEndpoint
    ) async throws(Failure) -> AWSNetwork.Answer {
        do throws(MachineFailure) {
            return try await network.ask(request)
        } catch {
            throw .credentials(error.message.withoutPeriod)
        }
    }

    private func again(_ login: CredentialPlan.SSOLogin, _ reason: String) -> Failure {
        .credentials(
            "\(reason); sign in with 'aws sso login --profile \(login.profile)', then try again",
            .signedOut)
    }

    // MARK: The token

    private func token(_ login: CredentialPlan.SSOLogin) async throws(Failure) -> String {
        let key = Digest.sha1Text(Array((login.session ?? login.startURL).utf8))
        let path = try home("~/.aws/sso/cache/\(key).json")
        guard let kept = kept(path) else {
            throw again(login, "nobody has signed in for the profile '\(login.profile)'")
        }
        let isLate = kept.expires - clock.now < Self.refreshWindow
        if login.session != nil, isLate, let renewed = await renew(kept.file, login, path) {
            return renewed
        }
        // Meanwhile somebody else may have renewed it, and spent the token that we had for that.
        let latest = isLate ? self.kept(path) ?? kept : kept
        guard latest.expires > clock.now else {
            throw again(
                login, "whoever signed in for the profile '\(login.profile)' was signed out")
        }
        return latest.token
    }

    /// The token that is kept in a file, and everything else in it.
    private func kept(_ path: String) -> (token: String, expires: Int64, file: Value)? {
        guard files.stamp(path) != nil, let text = try? files.read(path),
            let file = try? Value(validating: text), let token = file["accessToken"]?.string,
            let expires = file["expiresAt"]?.string.flatMap(Moment.seconds(iso:))
        else { return nil }
        return (token, expires, file)
    }

    /// A path below the home; botocore expands no variables in it.
    func home(_ path: String) throws(Failure) -> String {
        guard let path = PathExpansion.expand(path, variables.environment) else {
            throw .credentials("HOME is not set, so '\(path)' cannot be found")
        }
        return path
    }

    /// A new token by the refresh token, kept for the next one; nil when there is none to be had.
    private func renew(
        _ kept: Value, _ login: CredentialPlan.SSOLogin, _ path: String
    ) async -> String? {
        guard let refresh = kept["refreshToken"]?.string, let id = kept["clientId"]?.string,
            let secret = kept["clientSecret"]?.string,
            let until = kept["registrationExpiresAt"]?.string,
            let registered = Moment.seconds(iso: until), registered > clock.now,
            let endpoint = try? endpoint(.ssoOIDC, login.region)
        else { return nil }
        let body = JSONWriter.object([
            ("grantType", "refresh_token"), ("clientId", id), ("clientSecret", secret),
            ("refreshToken", refresh),
        ])
        let request = AWSNetwork.request(
            "POST", "\(endpoint.url)/token", fields: [("Content-Type", "application/json")],
            body: body)
        guard let answer = try? await ask(request, endpoint), answer.status == 200,
            let value = try? Value(validating: answer.body),
            let token = value["accessToken"]?.string, let end = end(after: value["expiresIn"])
        else { return nil }
        var members = [
            ("startUrl", login.startURL), ("region", login.region), ("accessToken", token),
            ("expiresAt", Moment.text(end)), ("clientId", id),
            ("clientSecret", secret), ("registrationExpiresAt", until),
        ]
        if let next = value["refreshToken"]?.string { members.append(("refreshToken", next)) }
        // The old token is good for others as long as it lasts; this one is good for us.
        try? files.write(path, JSONWriter.object(members))
        return token
    }
}
