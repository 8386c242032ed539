import Machine
import Wire

/// Lets callers in, or says why not, as the access of a runtime or gateway wants it.
struct Gate: Sendable {
    let signatures: SignatureCheck
    let tokens: TokenCheck
    let faults: Faults

    /// Who calls `target`; `metadata` is where those without a token read how to get one.
    func admit(
        _ exchange: HTTPExchange, to target: String, _ access: Access, metadata: String
    ) throws(EdgeFailure) -> EdgeCaller {
        switch (access.mode, Proof(exchange.head.fields)) {
        case (.none, _): return EdgeCaller(name: "anonymous", mode: .none)
        case (.iam, .signature(let text)):
            if faults.take([.expiredToken], for: target) != nil { throw signatures.expired }
            return try signatures.caller(exchange, text)
        case (.iam, .none):
            throw EdgeFailure(
                .signature("MissingAuthenticationTokenException"), "Missing Authentication Token")
        case (.jwt, .token(let text)):
            if faults.take([.expiredToken], for: target) != nil {
                throw challenge("Token has expired", metadata)
            }
            do throws(TokenCheck.Fault) {
                return try tokens.caller(text, access)
            } catch {
                switch error {
                case .malformed:
                    throw EdgeFailure(
                        .token, "OAuth authorization failed: Failed to parse token")
                case .refused(let reason): throw challenge(reason, metadata)
                case .scope: throw scopeLacks(access, metadata)
                }
            }
        case (.jwt, .none): throw challenge("Missing Authentication Token", metadata)
        case (.iam, .token), (.iam, .unknown), (.jwt, .signature), (.jwt, .unknown):
            throw EdgeFailure(
                .accessDenied,
                "Authorization method mismatch. The agent is configured for a different "
                    + "authorization method than what was used in your request.")
        }
    }

    private func challenge(_ reason: String, _ metadata: String) -> EdgeFailure {
        EdgeFailure(.unauthorized, reason, Self.fields(metadata, ""))
    }

    /// RFC 6750, section 3.1.
    private func scopeLacks(_ access: Access, _ metadata: String) -> EdgeFailure {
        let more =
            #", error="insufficient_scope", scope="\#(access.scopes.joined(separator: " "))""#
        return EdgeFailure(
            .accessDenied, "Insufficient scope", Self.fields(metadata, more))
    }

    private static func fields(_ metadata: String, _ more: String) -> Fields {
        var fields: Fields = [:]
        if let value = FieldValue(#"Bearer resource_metadata="\#(metadata)"\#(more)"#) {
            fields.set(.wwwAuthenticate, value)
        }
        return fields
    }
}
