import Aggregator
import Machine
import Signing

/// The legs of the way to a runtime or a gateway, up to its session.
struct AgentCoreLegs: Sendable {
    let auth: AgentCoreAuth
    let aws: AWSSettings
    /// The region of what is called; nil where nothing says it.
    let region: String?
    let tools: Tools
    /// What gets tokens, if anything does.
    let authorizer: (any Authorizer)?
    /// Where requests go.
    let place: Place?
    let milestones: Milestones
    /// The rights that the caller needs.
    let policy: String

    /// Finds out what was not found out on the way, which may ask AWS who we are.
    func all() async -> [Leg] {
        let passed = milestones.passed
        var legs: [Leg] = []
        if case .iam = auth {
            let leg = await credentials()
            legs.append(leg)
            legs.append(await identity(after: leg))
        } else {
            legs.append(await token())
        }
        legs.append(endpoint(passed))
        legs.append(authorization(passed))
        legs.append(session(passed))
        return legs
    }

    // MARK: Who asks

    private func credentials() async -> Leg {
        do throws(Failure) {
            let found = try await tools.accounts.provider(aws).credentials()
            return Leg("credentials", .passed, found.description)
        } catch {
            return Leg("credentials", .failed, error.account)
        }
    }

    /// Who AWS says that we are; a caller who may not ask that may still call servers.
    private func identity(after credentials: Leg) async -> Leg {
        guard credentials.outcome == .passed else {
            return Leg("identity", .open, "There are no credentials.")
        }
        var settings = aws
        settings.region = settings.region ?? region
        do throws(Failure) {
            let identity = try await tools.accounts.identity(settings)
            return Leg("identity", .passed, identity.arn)
        } catch {
            return Leg("identity", .open, "not known. \(error.account)")
        }
    }

    private func token() async -> Leg {
        switch auth {
        case .none, .iam: return Leg("credentials", .passed, "none are needed ('auth: none')")
        case .bearer(let token):
            let shown = token.isExpanded ? " \(token.written)" : ""
            return Leg("credentials", .passed, "a token that is given ('auth.bearer')\(shown)")
        case .oauth(let oauth):
            let server = (oauth.tokenURL ?? oauth.issuer)?.written ?? ""
            return await token(
                "tokens of \(server)",
                remedy: "Look at clientId, clientSecret and scopes in 'auth.jwt'.")
        case .identity(let identity):
            return await token(
                "tokens of the provider '\(identity.provider)' by AgentCore Identity",
                remedy: "Look at provider, workload, scopes and region in 'auth.identity'.")
        }
    }

    /// Whether a token can be had.
    private func token(_ detail: String, remedy: String) async -> Leg {
        guard let authorizer else {
            return Leg("credentials", .failed, "nothing asks for tokens", remedy: remedy)
        }
        var request = HTTPClientRequest("POST", place?.url ?? "https://localhost/")
        do throws(Failure) {
            try await authorizer.authorize(&request)
            return Leg("credentials", .passed, detail)
        } catch {
            return Leg("credentials", .failed, error.account, remedy: remedy)
        }
    }

    // MARK: What came of it

    private func endpoint(_ passed: Milestones.Passed) -> Leg {
        let origin = place?.address.origin ?? ""
        switch passed.reached {
        case true: return Leg("endpoint", .passed, origin)
        case false:
            return Leg(
                "endpoint", .failed, passed.obstacle ?? origin,
                remedy:
                    "Is the region right, and may this machine reach it (proxy, private network)?")
        case nil: return Leg("endpoint", .open, "Nothing was sent.")
        }
    }

    private func authorization(_ passed: Milestones.Passed) -> Leg {
        switch passed.letIn {
        case true: return Leg("authorization", .passed, "let in")
        case false:
            // Of a signature or of keys that are not accepted, the refusal itself says what to look at.
            let isIAM = auth == .iam && passed.lacksRight
            return Leg(
                "authorization", .failed, passed.obstacle ?? "refused",
                remedy: isIAM ? "The policy that the caller needs:\n\(policy)" : nil)
        case nil: return Leg("authorization", .open, "Nothing came back.")
        }
    }

    private func session(_ passed: Milestones.Passed) -> Leg {
        if passed.hasSession { return Leg("session", .passed, "the server gave one") }
        if passed.hasAnswer { return Leg("session", .passed, "none: every call stands alone") }
        // Whoever was let in has got as far as an answer, which was an error.
        return Leg(
            "session", .open,
            passed.letIn == true ? "No server has answered yet." : "Nothing came back.")
    }
}
