import Machine
import Synchronization
import Wire

/// AgentCore Identity, as far as machines need it: who a workload is, and tokens of the credential
/// providers (data plane model, `GetWorkloadAccessToken…` and `GetResourceOauth2Token`).
final class WorkloadService: Sendable {
    /// So many workloads' tokens are good at a time.
    private static let mostTokens = 1000

    private let gate: Gate
    private let issuer: Issuer
    private let settings: WorkloadSettings
    /// The names of workloads: those of the file, and the runtimes.
    private let names: Set<String>
    private let tokens = Mutex<[String]>([])

    init(_ gate: Gate, _ issuer: Issuer, _ settings: EmulatorSettings) {
        self.gate = gate
        self.issuer = issuer
        self.settings = settings.identity
        names = Set(settings.identity.workloads + settings.runtimes.map(\.id))
    }

    /// Answers a request below `/identities`.
    func handle(_ exchange: HTTPExchange, _ path: String) {
        let request = RequestName(gate.signatures.clock)
        do throws(EdgeFailure) {
            guard exchange.head.method == .post else {
                throw EdgeFailure(
                    .methodNotAllowed, "The method is not allowed here.", [.allow: "POST"])
            }
            _ = try gate.admit(exchange, to: "identity", Access(), metadata: "")
            try gate.faults.strike("identity")
            guard let body = try? Value(validating: exchange.body) else {
                throw EdgeFailure(.validation, "The body is not JSON.")
            }
            var fields: Fields = [:]
            request.add(to: &fields)
            exchange.answer(.ok, JSONWriter.object([try answer(path, body)]), fields)
        } catch {
            exchange.refuse(error, .json, request)
        }
    }

    /// The one member of an answer.
    private func answer(
        _ path: String, _ body: Value
    ) throws(EdgeFailure) -> (String, String) {
        switch path {
        case "/GetWorkloadAccessToken": break
        case "/GetWorkloadAccessTokenForJWT": _ = try text("userToken", in: body)
        case "/GetWorkloadAccessTokenForUserId": _ = try text("userId", in: body)
        case "/oauth2/token": return ("accessToken", try token(body))
        default:
            throw EdgeFailure(
                .unknownOperation, "The requested operation is not recognized by the service.")
        }
        guard names.contains(try text("workloadName", in: body)) else {
            throw EdgeFailure(.notFound, "WorkloadIdentity not found")
        }
        return ("workloadAccessToken", workloadToken())
    }

    private func workloadToken() -> String {
        let token = Base64.encodeForURL(Randomness.bytes(48))
        tokens.withLock { tokens in
            tokens.append(token)
            if tokens.count > Self.mostTokens { tokens.removeFirst() }
        }
        return token
    }

    private func token(_ body: Value) throws(EdgeFailure) -> String {
        let workload = try text("workloadIdentityToken", in: body)
        guard tokens.withLock({ $0.contains(workload) }) else {
            throw EdgeFailure(.unauthorized, "Invalid workload identity token")
        }
        let name = try text("resourceCredentialProviderName", in: body)
        guard let id = settings.providers.first(where: { $0.name == name })?.client,
            let client = issuer.client(id)
        else { throw EdgeFailure(.notFound, "Resource credential provider '\(name)' not found") }
        guard try text("oauth2Flow", in: body) == "M2M" else {
            throw EdgeFailure(.validation, "Only the flow M2M is emulated.")
        }
        guard let wish = body["scopes"], wish.kind == .array else {
            throw EdgeFailure(.validation, "Value at 'scopes' failed to satisfy constraint")
        }
        let scopes = wish.elements.compactMap(\.string)
        guard scopes.allSatisfy(client.scopes.contains) else {
            throw EdgeFailure(.validation, "The authorization server answered: invalid_scope")
        }
        return issuer.mint(for: id, scopes.isEmpty ? client.scopes : scopes)
    }

    private func text(_ name: String, in body: Value) throws(EdgeFailure) -> String {
        guard let text = body[name]?.string, !text.isEmpty else {
            throw EdgeFailure(
                .validation,
                "1 validation error detected: Value at '\(name)' failed to satisfy constraint: "
                    + "Member must not be null")
        }
        return text
    }
}
