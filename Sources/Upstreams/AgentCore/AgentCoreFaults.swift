import Aggregator

/// What AgentCore's refusals mean, in words that a user can act on: the other half of the table.
struct AgentCoreFaults: Sendable {
    let upstream: String
    /// What is called, such as `the runtime 'weather-abcdefghij'`.
    let subject: String
    /// How we prove who we are.
    let auth: AgentCoreAuth
    /// The right that a signature needs.
    let action: String
    /// The question whether what names it in the configuration is right.
    let doubt: String

    /// A refusal as a failure; nil if the error is handed on as it came.
    func explain(_ refusal: HTTPRefusal) -> Failure? {
        guard let trouble = AgentCoreTrouble(refusal) else { return nil }
        let isAnswer = (200..<300).contains(refusal.status)
        if isAnswer, !isOurs(trouble, refusal) { return nil }
        let status = isAnswer ? refusal.code.map { "\($0)" } ?? "" : "\(refusal.status)"
        return failure(trouble, status, refusal)
    }

    /// Whether an error in an answer is told in our words: what a server says is its own to say, and
    /// what sounds as if the session were lost is for the link to judge.
    private func isOurs(_ trouble: AgentCoreTrouble, _ answer: HTTPRefusal) -> Bool {
        guard SessionLoss.judge(status: nil, code: answer.code, message: answer.words) == .none
        else { return false }
        switch trouble {
        case .failed, .broken, .lost, .starting: return AgentCoreTrouble.isCertain(answer)
        default: return true
        }
    }

    private func failure(
        _ trouble: AgentCoreTrouble, _ status: String, _ refusal: HTTPRefusal
    ) -> Failure {
        let said = said(refusal)
        switch trouble {
        case .invalid: return no(.refused, "finds the request invalid (\(status))\(said)")
        case .unauthorized: return unauthorized(status)
        case .denied: return denied(status)
        case .wrongMethod: return wrongMethod(status)
        case .signature:
            return no(
                .unavailable, "does not accept the signature (\(status)).",
                advice: "Does the secret access key belong to the access key id, is the clock of "
                    + "this machine right, and is 'region' the one of \(subject)?")
        case .expired:
            return no(
                .unavailable,
                "does not know the AWS credentials, or they have expired (\(status)).",
                advice: "Renew them, for example with 'aws sso login'; Manifold then finds them by "
                    + "itself.")
        case .exhausted:
            return no(
                .refused, "has no room (\(status))\(said)",
                advice: "End sessions that nobody needs, let them idle out sooner "
                    + "('idleRuntimeSessionTimeout' of the runtime), or ask for more in AWS's "
                    + "Service Quotas.")
        case .missing:
            return no(
                .unavailable, "does not find \(subject) (\(status))\(said)",
                advice: "\(doubt), and does it exist?")
        case .conflict: return no(.refused, "sees a conflict (\(status))\(said)")
        case .settingUp:
            return no(
                .refused,
                "is still starting or stopping the session and did not take the request (\(status))."
            )
        case .starting:
            return unknown(
                .lost, "could not start the server in time (\(status))\(said)", advice: log)
        case .throttled:
            return no(.refused, "gets too many requests and did not take this one (\(status)).")
        case .unacceptable: return no(.malformed, "does not accept the request's form (\(status)).")
        case .lost, .failed:
            return unknown(
                .lost, "had trouble with the server (\(status))\(said)", advice: log)
        case .broken, .unavailable:
            return unknown(
                .lost, "failed (\(status))\(said)",
                advice: "If it goes on, AWS Health says whether the service has trouble.")
        case .late:
            return unknown(
                .timeout, "waited too long for the server (\(status)); a call may take 15 min.")
        }
    }

    // MARK: Who asks

    private func unauthorized(_ status: String) -> Failure {
        switch auth {
        case .iam, .none:
            no(
                .unavailable, "wants a token (\(status)): \(subject) lets in with JWT.",
                advice: "Set 'auth: { jwt: … }', 'auth: { identity: … }' or "
                    + "'auth: { bearer: … }'.")
        case .bearer:
            no(
                .unavailable, "does not accept the token (\(status)).",
                advice: "Replace the one in 'auth.bearer'.")
        case .oauth:
            no(
                .unavailable, "does not accept the token that 'auth.jwt' gets (\(status)).",
                advice: "Does \(subject) allow this client, its scopes and its audience?")
        case .identity:
            no(
                .unavailable, "does not accept the token that 'auth.identity' gets (\(status)).",
                advice: "Does \(subject) allow the provider's client, its scopes and its audience?")
        }
    }

    private func denied(_ status: String) -> Failure {
        guard case .iam = auth else {
            return no(
                .unavailable, "lets nobody in with this token (\(status)).",
                advice: "Does \(subject) allow this client and its scopes?")
        }
        return no(
            .unavailable, "denies the call (\(status)).",
            advice: "The AWS identity needs the right '\(action)' on \(subject); "
                + "'manifold check --probe' prints the policy.")
    }

    private func wrongMethod(_ status: String) -> Failure {
        let (other, entry) =
            auth == .iam
            ? ("with a token", "auth: { jwt: … }") : ("with a signature", "auth: iam")
        return no(
            .unavailable,
            "does not let in like this (\(status)): \(subject) wants to be called \(other).",
            advice: "Set '\(entry)'.")
    }

    // MARK: Words

    private var log: String { "The log of \(subject) is in CloudWatch." }

    /// What the service says; only where it can be no secret, as the text of a signature would be.
    private func said(_ refusal: HTTPRefusal) -> String {
        guard let words = refusal.words, !words.isEmpty else { return "." }
        let text = String(words.prefix(200))
        return ": " + text + (text.hasSuffix(".") ? "" : ".")
    }

    private func no(_ code: Failure.Code, _ rest: String, advice: String? = nil) -> Failure {
        Failure(
            code, "Upstream '\(upstream)': AgentCore \(rest)", advice: advice, upstream: upstream)
    }

    private func unknown(
        _ code: Failure.Code, _ rest: String, advice: String? = nil
    ) -> Failure {
        Failure(
            code, "Upstream '\(upstream)': AgentCore \(rest)", advice: advice, upstream: upstream,
            executed: .unknown)
    }
}
