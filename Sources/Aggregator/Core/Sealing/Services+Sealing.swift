/// What a token is for; one of another purpose does not open.
package enum SealPurpose: String, Sendable {
    /// The `requestState` of an answer that asks for input.
    case requestState
    /// The id of a session over HTTP.
    case session
}

extension Services {
    /// A token that holds a record for so long, for this purpose and principal.
    package func seal(
        _ record: [UInt8], for purpose: SealPurpose, of principal: Principal, life: Duration
    ) -> String {
        sealer.seal(
            record, purpose: purpose.rawValue, principal: principal.name,
            expires: .seconds(clock()) + life)
    }

    /// The record of a token; nil for whatever was not sealed for this purpose and principal, or is
    /// too old.
    package func open(
        _ token: String, for purpose: SealPurpose, of principal: Principal
    ) -> [UInt8]? {
        sealer.open(token, purpose: purpose.rawValue, principal: principal.name)
    }
}
