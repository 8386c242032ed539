import Machine
import Signing
import Synchronization
import Wire

/// A token issuer: the client-credentials grant (RFC 6749, section 4.4), discovery and keys.
final class Issuer: Sendable {
    /// What tokens say of who made them; discovery starts here.
    let url: String
    private let settings: IssuerSettings
    private let clock: ServiceClock
    private let faults: Faults
    /// Made when it is first needed: that takes a moment.
    private let key = Mutex<RSAKey?>(nil)

    init(_ url: String, _ settings: IssuerSettings, _ clock: ServiceClock, _ faults: Faults) {
        self.url = url
        self.settings = settings
        self.clock = clock
        self.faults = faults
    }

    private static let keyId = "emulated-1"

    private func withKey<Result>(_ body: (RSAKey) -> Result) -> Result {
        key.withLock { key in
            let known = key ?? RSAKey.make()
            key = known
            return body(known)
        }
    }

    /// Whether our key has signed these bytes.
    func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        withKey { $0.isSignature(signature, of: bytes) }
    }

    // MARK: Requests

    /// Answers what is asked below the issuer's address.
    func handle(_ exchange: HTTPExchange, _ path: String) {
        switch (exchange.head.method, path) {
        case (.get, "/.well-known/openid-configuration"),
            (.get, "/.well-known/oauth-authorization-server"):
            exchange.answer(.ok, discovery)
        case (.get, "/.well-known/jwks.json"): exchange.answer(.ok, keys)
        case (.post, "/oauth2/token"): grant(exchange)
        case (_, "/oauth2/token"): exchange.answer(.methodNotAllowed, Self.error("invalid_request"))
        default: exchange.answer(.notFound, Self.error("not_found"))
        }
    }

    private func grant(_ exchange: HTTPExchange) {
        if faults.take([.throttle], for: "issuer") != nil {
            return exchange.answer(.tooManyRequests, Self.error("too_many_requests"))
        }
        do throws(Refusal) {
            let form = PercentCoding.pairs(String(decoding: exchange.body, as: UTF8.self))
            let (id, client) = try client(exchange.head.fields, form)
            guard let type = form.first(where: { $0.name == "grant_type" })?.value else {
                throw Refusal(code: "invalid_request")
            }
            guard type == "client_credentials" else {
                throw Refusal(code: "unsupported_grant_type")
            }
            let wish = form.first { $0.name == "scope" }?.value ?? ""
            let scopes = wish.isEmpty ? client.scopes : wish.split(separator: " ").map(String.init)
            guard scopes.allSatisfy(client.scopes.contains) else {
                throw Refusal(code: "invalid_scope")
            }
            exchange.answer(.ok, token(for: id, scopes))
        } catch {
            exchange.answer(.badRequest, Self.error(error.code))
        }
    }

    /// A code of RFC 6749, section 5.2.
    private struct Refusal: Error {
        let code: String
    }

    /// Who asks: by HTTP Basic or in the body, not both.
    private func client(_ fields: Fields, _ form: [(name: String, value: String)])
        throws(Refusal) -> (String, TokenClient)
    {
        let inBody = (
            form.first { $0.name == "client_id" }?.value,
            form.first { $0.name == "client_secret" }?.value
        )
        let basic = Self.basic(fields)
        if basic != nil, inBody.1 != nil { throw Refusal(code: "invalid_request") }
        guard let id = basic?.id ?? inBody.0, let secret = basic?.secret ?? inBody.1,
            let client = settings.clients.first(where: { $0.id == id })?.client,
            client.secret == secret
        else { throw Refusal(code: "invalid_client") }
        return (id, client)
    }

    private static func basic(_ fields: Fields) -> (id: String, secret: String)? {
        guard let text = fields[.authorization]?.text, text.lowercased().hasPrefix("basic "),
            let bytes = Base64.decode(Array(text.dropFirst(6).utf8))
        else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self)
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let id = PercentCoding.decode(parts[0], plusIsBlank: true),
            let secret = PercentCoding.decode(parts[1], plusIsBlank: true)
        else { return nil }
        return (id, secret)
    }

    // MARK: Documents

    private func token(for client: String, _ scopes: [String]) -> [UInt8] {
        Self.object([
            ("access_token", .text(mint(for: client, scopes))), ("expires_in", .number(life)),
            ("token_type", .text("Bearer")),
        ])
    }

    /// How long a token is good for, in seconds.
    private var life: Int64 { settings.tokenLife.components.seconds }

    /// The client of an id.
    func client(_ id: String) -> TokenClient? { settings.clients.first { $0.id == id }?.client }

    /// A new token of a client.
    func mint(for client: String, _ scopes: [String]) -> String {
        var claims = JSONWriter()
        claims.beginObject()
        for (name, text) in [
            ("iss", url), ("sub", client), ("client_id", client), ("token_use", "access"),
            ("scope", scopes.joined(separator: " ")), ("jti", UniqueName.make()),
        ] {
            claims.key(name)
            claims.string(text)
        }
        for (name, number) in [("iat", clock.seconds), ("exp", clock.seconds + life)] {
            claims.key(name)
            claims.integer(number)
        }
        claims.endObject()
        let header = #"{"alg":"RS256","kid":"\#(Self.keyId)","typ":"JWT"}"#
        let text =
            "\(Base64.encodeForURL(Array(header.utf8))).\(Base64.encodeForURL(claims.bytes))"
        let signature = withKey { $0.sign(Array(text.utf8)) }
        return "\(text).\(Base64.encodeForURL(signature))"
    }

    private var discovery: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, path) in [
            ("issuer", ""), ("token_endpoint", "/oauth2/token"),
            ("authorization_endpoint", "/oauth2/authorize"), ("jwks_uri", "/.well-known/jwks.json"),
        ] {
            writer.key(name)
            writer.string(url + path)
        }
        for (name, values) in [
            (
                "token_endpoint_auth_methods_supported",
                ["client_secret_basic", "client_secret_post"]
            ),
            ("grant_types_supported", ["client_credentials"]),
            ("response_types_supported", ["token"]), ("subject_types_supported", ["public"]),
            ("id_token_signing_alg_values_supported", ["RS256"]),
        ] {
            writer.key(name)
            writer.beginArray()
            for value in values { writer.string(value) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    /// RFC 7517; RFC 7518, section 6.3.
    private var keys: [UInt8] {
        let (modulus, exponent) = withKey { ($0.modulus, $0.exponent) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("keys")
        writer.beginArray()
        writer.raw(
            Self.object([
                ("kty", .text("RSA")), ("alg", .text("RS256")), ("use", .text("sig")),
                ("kid", .text(Self.keyId)), ("n", .text(Base64.encodeForURL(modulus))),
                ("e", .text(Base64.encodeForURL(exponent))),
            ]))
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func error(_ code: String) -> [UInt8] { object([("error", .text(code))]) }

    private enum Member {
        case text(String)
        case number(Int64)
    }

    private static func object(_ members: [(String, Member)]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, member) in members {
            writer.key(name)
            switch member {
            case .text(let text): writer.string(text)
            case .number(let number): writer.integer(number)
            }
        }
        writer.endObject()
        return writer.bytes
    }
}

extension HTTPExchange {
    /// Answers with JSON that nobody is to keep.
    func answer(_ status: Status, _ json: [UInt8], _ fields: Fields = [:]) {
        var fields = fields
        fields.set(.contentType, "application/json")
        fields.set(.cacheControl, "no-store")
        respond(status, fields, body: json)
    }
}
