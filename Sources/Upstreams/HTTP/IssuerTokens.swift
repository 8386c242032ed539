import Aggregator
import Machine
import Signing
import Synchronization
import Wire

/// Tokens of an authorization server of which the issuer is known: where it gives them is read from
/// what it publishes (OpenID Connect Discovery 1.0, RFC 8414), when the first one is needed.
final class IssuerTokens: Authorizer {
    /// What a server publishes about itself, as far as it is used.
    struct Server: Sendable, Equatable {
        let tokenEndpoint: String
        /// Whether the secret goes into the body, because it may not go into a header.
        let wantsPost: Bool

        /// Reads a document; nil unless it is this issuer's and names where tokens are given.
        init?(_ body: [UInt8], of issuer: String) {
            guard let document = try? Value(validating: body),
                let said = document["issuer"]?.string, Self.bare(said) == Self.bare(issuer),
                let endpoint = document["token_endpoint"]?.string
            else { return nil }
            tokenEndpoint = endpoint
            let methods = document["token_endpoint_auth_methods_supported"]
            let known = methods?.kind == .array ? methods?.elements.compactMap(\.string) ?? [] : []
            wantsPost =
                known.contains("client_secret_post") && !known.contains("client_secret_basic")
        }

        private static func bare(_ text: String) -> Substring {
            text.hasSuffix("/") ? text.dropLast() : text[...]
        }
    }

    private let upstream: String
    private let issuer: String
    private let origin: String
    private let client: HTTPClient
    private let make: @Sendable (Server) throws(Failure) -> OAuthClientCredentials
    private let tokens = Mutex<OAuthClientCredentials?>(nil)

    private static let known = "/.well-known/openid-configuration"

    /// Tokens for an upstream; `make` gets them once it is known where.
    ///
    /// Throws for an issuer that would not be the one that it says it is.
    init(
        upstream: String, issuer: String, client: HTTPClient,
        make: @escaping @Sendable (Server) throws(Failure) -> OAuthClientCredentials
    ) throws(Failure) {
        self.upstream = upstream
        // Consoles show the document's address.
        var issuer = issuer.hasSuffix(Self.known) ? issuer.dropLast(Self.known.count) : issuer[...]
        while issuer.hasSuffix("/") { issuer = issuer.dropLast() }
        self.issuer = String(issuer)
        self.client = client
        self.make = make
        let address = try? HTTPAddress(self.issuer)
        guard let address, address.isSecure || address.isLoopback else {
            throw Failure(
                .unavailable,
                "Upstream '\(upstream)': the issuer must begin with 'https://', or anybody on the way "
                    + "could say where the client's secret goes.", upstream: upstream)
        }
        origin = address.origin
    }

    func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {
        try await found().authorize(&request)
    }

    func refused(
        _ request: HTTPClientRequest, status: Int, fields: HTTPFields, body: [UInt8]
    ) async -> Bool {
        guard let tokens = tokens.withLock({ $0 }) else { return false }
        return await tokens.refused(request, status: status, fields: fields, body: body)
    }

    // MARK: Finding out

    private func found() async throws(Failure) -> OAuthClientCredentials {
        if let tokens = tokens.withLock({ $0 }) { return tokens }
        let made = try make(try await discover())
        return tokens.withLock { tokens in
            // Another call may have been quicker; its tokens are for all.
            let kept = tokens ?? made
            tokens = kept
            return kept
        }
    }

    private func discover() async throws(Failure) -> Server {
        var reason = "it publishes nothing about itself"
        for url in Self.documents(of: issuer, at: origin) {
            switch await document(url) {
            case .success(let body):
                if let server = Server(body, of: issuer) { return server }
                reason = "what it publishes is another issuer's, or names no 'token_endpoint'"
            case .failure(let failure): reason = failure.message
            }
        }
        let end = reason.hasSuffix(".") ? "" : "."
        throw Failure(
            .unavailable,
            "Upstream '\(upstream)': could not find out where '\(origin)' gives tokens: \(reason)\(end)",
            upstream: upstream)
    }

    /// Where the document may be: behind the issuer, or with the path behind (RFC 8414, section 3.1).
    static func documents(of issuer: String, at origin: String) -> [String] {
        let path = issuer.dropFirst(min(origin.count, issuer.count))
        return [issuer + known, "\(origin)/.well-known/oauth-authorization-server\(path)"]
    }

    private func document(_ url: String) async -> Result<[UInt8], MachineFailure> {
        var request = HTTPClientRequest("GET", url, fields: [("Accept", "application/json")])
        request.deadlines.total = .seconds(30)
        request.bodyLimit = 1 << 20
        do throws(MachineFailure) {
            let response = try await client.send(request)
            let body = try await response.whole(limit: 1 << 20)
            guard response.status == 200 else {
                return .failure(
                    MachineFailure(.missing, "it answered with the status \(response.status)."))
            }
            return .success(body)
        } catch {
            return .failure(error)
        }
    }
}
