import Aggregator
import Machine
import Wire

/// What a request must show before anybody reads it: where it thinks that it goes, what page it comes
/// from, who sends it (MCP, "Security Warning" of Streamable HTTP).
struct Guards: Sendable {
    /// The answer to a request that may not pass.
    struct Refusal: Error {
        let status: Status
        let reason: String
        var fields: Fields = [:]
    }

    private let inbound: Configuration.Inbound
    private let token: [UInt8]?
    /// Whether whoever has a connection has shown a certificate for it.
    private let areClientsCertified: Bool

    /// Guards as the configuration wants them, at a server that asks clients for certificates or not.
    init(_ inbound: Configuration.Inbound, areClientsCertified: Bool = false) {
        self.inbound = inbound
        self.areClientsCertified = areClientsCertified
        token = inbound.bearer.map { Array($0.value.utf8) }
    }

    /// Who sends a request that may pass; throws what the others are answered with.
    func admit(_ head: RequestHead) throws(Refusal) -> Principal {
        try checkHost(head.fields)
        try checkOrigin(head.fields)
        guard let token else {
            return areClientsCertified ? Principal(name: "certificate") : .local
        }
        guard let said = Self.credentials(head.fields) else {
            throw Self.unauthorized("A bearer token is needed ('inbound.bearer').")
        }
        guard Self.isSame(said, token) else {
            throw Self.unauthorized(
                "The bearer token is not the one that is wanted ('inbound.bearer').",
                #", error="invalid_token""#)
        }
        return Principal(name: "bearer")
    }

    /// Only who has shown a token is told that something is wrong with it (RFC 6750 §3.1).
    private static func unauthorized(_ reason: String, _ error: String = "") -> Refusal {
        let challenge = FieldValue(#"Bearer realm="manifold""# + error)
        return Refusal(
            status: .unauthorized, reason: reason,
            fields: challenge.map { [.wwwAuthenticate: $0] } ?? [:])
    }

    /// A page that has its own name point to this machine must not get in (DNS rebinding).
    private func checkHost(_ fields: Fields) throws(Refusal) {
        if let field = fields[.host], Self.isPlainlyLoopback(field.bytes) { return }
        let host = fields[.host]?.text ?? ""
        let name = Self.name(ofAuthority: host[...])
        if Self.isLoopback(name) || inbound.hosts.contains(where: { Self.isHost($0, host, name) }) {
            return
        }
        // Behind a token or a certificate, and without a list of names, any name will do.
        if token != nil || areClientsCertified, inbound.hosts.isEmpty { return }
        throw Refusal(
            status: .misdirectedRequest,
            reason: "The host '\(host.prefix(100))' is not served here ('inbound.hosts').")
    }

    private func checkOrigin(_ fields: Fields) throws(Refusal) {
        for value in fields.values(of: .origin) {
            let origin = value.text
            if inbound.origins.contains(where: { $0.lowercased() == origin.lowercased() }) {
                continue
            }
            guard let start = origin.firstRange(of: "://")?.upperBound,
                Self.isLoopback(Self.name(ofAuthority: origin[start...]))
            else {
                throw Refusal(
                    status: .forbidden,
                    reason: "The origin '\(origin.prefix(100))' is not allowed "
                        + "('inbound.origins').")
            }
        }
    }

    // MARK: Names

    /// The host of `host:port`, without the brackets of an address.
    private static func name(ofAuthority text: Substring) -> String {
        if text.first == "[" {
            return String(text.dropFirst().prefix { $0 != "]" }).lowercased()
        }
        return String(text.prefix { $0 != ":" }).lowercased()
    }

    /// Whether an authority begins with this machine's usual number and has nothing more but a port.
    private static func isPlainlyLoopback(_ bytes: some Collection<UInt8>) -> Bool {
        guard bytes.starts(with: "127.0.0.1".utf8) else { return false }
        let rest = bytes.dropFirst(9)
        return rest.isEmpty || rest.first == UInt8(ascii: ":")
    }

    private static func isLoopback(_ name: String) -> Bool {
        name == "localhost" || name == "127.0.0.1" || name == "::1"
    }

    private static func isHost(_ allowed: String, _ host: String, _ name: String) -> Bool {
        let allowed = allowed.lowercased()
        return allowed == name || allowed == host.lowercased()
    }

    // MARK: Tokens

    private static func credentials(_ fields: Fields) -> ArraySlice<UInt8>? {
        let values = fields.values(of: .authorization)
        guard values.count == 1, let value = values.first?.bytes else { return nil }
        let scheme = value.prefix(7)
        guard String(decoding: scheme, as: UTF8.self).lowercased() == "bearer " else { return nil }
        return value.dropFirst(7)
    }

    /// Takes as long for a token that is nearly right as for any other.
    private static func isSame(_ said: ArraySlice<UInt8>, _ token: [UInt8]) -> Bool {
        var difference = said.count ^ token.count
        for (index, byte) in said.enumerated() {
            difference |= Int(byte ^ token[index % max(token.count, 1)])
        }
        return difference == 0
    }
}
