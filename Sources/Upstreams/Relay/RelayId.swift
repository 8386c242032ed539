package import Wire

/// The id of a request as both sides compare it: by its value, however either writes it.
package struct RelayId: Sendable, Hashable {
    private enum Key: Sendable, Hashable {
        case integer(Int)
        case text([UInt8])
        case token([UInt8])
    }

    private let key: Key
    /// The token as it came, for answers of our own.
    package let token: [UInt8]

    /// The id that a value is; nil when it is neither string nor number.
    package init?(_ value: Value) {
        switch value.kind {
        case .string: key = .text(value.text ?? [])
        case .number: key = value.integer.map(Key.integer) ?? .token(value.copy())
        case .object, .array, .true, .false, .null: return nil
        }
        token = value.copy()
    }

    package static func == (one: RelayId, other: RelayId) -> Bool { one.key == other.key }
    package func hash(into hasher: inout Hasher) { hasher.combine(key) }
}
