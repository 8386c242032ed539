import Aggregator
import Machine
import Wire

/// The Security Token Service (API version 2011-06-15): who somebody is, and roles.
struct STS: Sendable {
    private static let version = "2011-06-15"
    private static let identityAction = "GetCallerIdentity"
    /// What our sessions are called: always the same, because some sessions of gateways belong to it.
    static let sessionName = "manifold"

    /// Codes whose messages name users, roles and providers, and nothing that is secret.
    private static let harmless = [
        "AccessDenied", "InvalidIdentityToken", "IDPRejectedClaim", "RegionDisabledException",
    ]
    /// Codes whose messages repeat what was wrong in a request.
    private static let repeating = ["ValidationError", "ValidationException"]
    /// Parts of a request that may be secrets.
    private static let secrets = ["ExternalId", "WebIdentityToken"]

    let endpoint: AWSEndpoint
    let network: AWSNetwork
    let clock: AWSClock

    /// Whose credentials these are.
    func callerIdentity(
        _ provider: any CredentialsProvider
    ) async throws(Failure) -> AWSIdentity {
        let answer = try await ask(Self.identityAction, [], provider)
        guard let arn = answer["Arn"], let account = answer["Account"], let id = answer["UserId"]
        else { throw failure(Self.identityAction, "its answer names nobody", .malformed) }
        return AWSIdentity(arn: arn, account: account, userId: id)
    }

    /// Takes on a role.
    func assume(
        _ role: CredentialPlan.AssumedRole, with provider: any CredentialsProvider
    ) async throws(Failure) -> AWSCredentials {
        var form = [
            ("RoleArn", role.arn), ("RoleSessionName", role.sessionName ?? Self.sessionName),
        ]
        if let id = role.externalId { form.append(("ExternalId", id)) }
        if let duration = role.duration { form.append(("DurationSeconds", "\(duration)")) }
        return try read(
            try await ask("AssumeRole", form, provider), "AssumeRole", role.arn)
    }

    /// Takes on a role with a token of somebody else.
    func assume(
        _ role: CredentialPlan.WebIdentity, token: String
    ) async throws(Failure) -> AWSCredentials {
        let form = [
            ("RoleArn", role.roleARN), ("RoleSessionName", role.sessionName ?? Self.sessionName),
            ("WebIdentityToken", token),
        ]
        let action = "AssumeRoleWithWebIdentity"
        return try read(try await ask(action, form, nil), action, role.roleARN)
    }
}

// MARK: Asking

extension STS {
    /// The texts of the answer; without credentials nothing is signed.
    private func ask(
        _ action: String, _ form: [(String, String)], _ provider: (any CredentialsProvider)?
    ) async throws(Failure) -> [String: String] {
        let form = [("Action", action), ("Version", Self.version)] + form
        let body = form.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        let request = AWSNetwork.request(
            "POST", endpoint.url + "/",
            fields: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(body.utf8))
        let credentials = try await provider?.credentials()
        var answer = try await send(request, credentials, action)
        if answer.status != 200, let provider, let credentials,
            await isMended(answer, credentials, provider)
        {
            answer = try await send(request, try await provider.credentials(), action)
        }
        let texts = XMLTexts.read(answer.body)
        guard answer.status == 200 else {
            let secrets = form.filter { Self.secrets.contains($0.0) }.map(\.1)
            throw failure(action, refusal(of: action, answer.status, texts ?? [:], secrets))
        }
        guard let texts else { throw failure(action, "its answer is not XML") }
        return texts
    }

    /// Whether another try can be better: at the right time, or with other credentials.
    private func isMended(
        _ answer: AWSNetwork.Answer, _ credentials: AWSCredentials,
        _ provider: any CredentialsProvider
    ) async -> Bool {
        let code = XMLTexts.read(answer.body)?["Code"] ?? ""
        if AWSRefusal.clockCodes.contains(code) { return clock.learn(from: answer.fields) }
        guard AWSRefusal.credentialCodes.contains(code) else { return false }
        return await provider.refused(credentials)
    }

    private func send(
        _ request: HTTPClientRequest, _ credentials: AWSCredentials?, _ action: String
    ) async throws(Failure) -> AWSNetwork.Answer {
        do throws(MachineFailure) {
            return try await network.ask(request) { (request) throws(MachineFailure) in
                guard let credentials else { return }
                let terms = SigV4(
                    date: Moment.amzDate(clock.now), region: endpoint.signingRegion, service: "sts")
                try request.sign(terms, credentials)
            }
        } catch {
            throw failure(action, error.message.withoutPeriod)
        }
    }

    private func read(
        _ answer: [String: String], _ action: String, _ role: String
    ) throws(Failure) -> AWSCredentials {
        guard let id = answer["AccessKeyId"], let secret = answer["SecretAccessKey"],
            let token = answer["SessionToken"],
            let expires = answer["Expiration"].flatMap(Moment.seconds(iso:))
        else { throw failure(action, "its answer has no credentials") }
        let account = role.split(separator: ":", omittingEmptySubsequences: false)
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: secret, sessionToken: token, expires: expires,
            accountId: account.count > 4 ? String(account[4]) : nil, source: "the role \(role)")
    }

    private func refusal(
        of action: String, _ status: Int, _ texts: [String: String], _ secrets: [String]
    ) -> String {
        guard let code = texts["Code"], code.utf8.count <= 60,
            code.utf8.allSatisfy({ (0x30...0x7A).contains($0) })
        else { return "it answered with status \(status)" }
        let remedy = Self.remedy(code, action)
        let message = texts["Message"].map { String($0.prefix(400)) } ?? ""
        // A long value may be repeated in part.
        let isOpen = secrets.allSatisfy { !message.contains(String($0.prefix(16))) }
        let isHarmless =
            Self.harmless.contains(code) || Self.repeating.contains(code) && isOpen
        guard isHarmless, !message.isEmpty else { return "it refused with \(code)\(remedy)" }
        let printable = String(message.unicodeScalars.filter { $0.value >= 0x20 && $0 != "\u{7F}" })
        return "it refused with \(code): \(printable.withoutPeriod)\(remedy)"
    }

    /// What can be done; only where code and action alone say it.
    private static func remedy(_ code: String, _ action: String) -> String {
        switch code {
        case "AccessDenied" where action == identityAction:
            "; it takes no right to ask, so that something on the way is against it, such as the "
                + "policy of a VPC endpoint"
        case "AccessDenied":
            "; whoever owns the role must let this identity in: its trust policy, and the right "
                + "'sts:\(action)'"
        case "SignatureDoesNotMatch", "InvalidSignatureException":
            "; the secret access key may not be the one of the access key id"
        default: ""
        }
    }

    private func failure(
        _ action: String, _ reason: String, _ code: Failure.Code = .unavailable
    ) -> Failure {
        let what = "\(action) at \(endpoint.url) failed: \(reason)"
        // There are credentials by then: only whose they are is not known.
        guard action == Self.identityAction else { return .credentials(what, code) }
        return Failure(code, "Could not ask AWS who this is: \(what).")
    }
}

/// Whose credentials they are.
package struct AWSIdentity: Sendable, Hashable {
    package let arn: String
    package let account: String
    package let userId: String
}
