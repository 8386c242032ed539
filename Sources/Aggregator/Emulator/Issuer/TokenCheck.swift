import Machine
import Wire

/// Judges bearer tokens of the emulator's own issuer (RFC 9068, and what AgentCore asks of them).
struct TokenCheck: Sendable {
    /// Why a token is not taken.
    enum Fault: Error {
        /// It is no token.
        case malformed
        /// A claim is not as it must be; the sentence of the service.
        case refused(String)
        /// It has none of the scopes.
        case scope
    }

    let issuer: Issuer
    let clock: ServiceClock

    /// Whose token it is.
    func caller(_ token: String, _ access: Access) throws(Fault) -> EdgeCaller {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]),
            let claims = Self.object(parts[1]), let signature = Base64.decodeForURL(parts[2])
        else { throw .malformed }
        guard header["alg"]?.string == "RS256",
            issuer.isSignature(signature, of: Array("\(parts[0]).\(parts[1])".utf8))
        else { throw .refused("Token signature verification failed") }
        try check(claims, access)
        let client = claims["client_id"]?.string ?? ""
        return EdgeCaller(name: claims["sub"]?.string ?? client, mode: .jwt)
    }

    private func check(_ claims: Value, _ access: Access) throws(Fault) {
        guard claims["iss"]?.string == issuer.url else {
            throw .refused("Claim 'iss' value mismatch with configuration.")
        }
        guard let expires = claims["exp"]?.integer, Int64(expires) > clock.seconds else {
            throw .refused("Token has expired")
        }
        if !access.clients.isEmpty {
            guard let client = claims["client_id"]?.string, access.clients.contains(client) else {
                throw .refused("Claim 'client_id' value mismatch with configuration.")
            }
        }
        let scopes = claims["scope"]?.string?.split(separator: " ").map(String.init) ?? []
        guard access.scopes.isEmpty || access.scopes.contains(where: scopes.contains) else {
            throw .scope
        }
    }

    private static func object(_ part: Substring) -> Value? {
        guard let bytes = Base64.decodeForURL(part), let value = try? Value(validating: bytes),
            value.kind == .object
        else { return nil }
        return value
    }
}
