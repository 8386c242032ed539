import Wire

/// What types of content a client says that it takes (RFC 9110 §12.5.1).
///
/// Every request is asked for it, so the bytes are looked at where they are.
struct Accepted {
    private let values: [FieldValue]

    init(_ fields: Fields) { values = fields.values(of: .accept) }

    /// Whether it takes a type.
    func takes(_ type: MediaType) -> Bool {
        contains { type.isSpelled($0) || MediaType.any.isSpelled($0) || type.isOfFamily($0) }
    }

    /// Whether it lists a type by name: a client that takes anything may not know what to do with it.
    func names(_ type: MediaType) -> Bool { contains { type.isSpelled($0) } }

    /// Whether a range that is not refused is such a one.
    private func contains(_ isWanted: (ArraySlice<UInt8>) -> Bool) -> Bool {
        for value in values {
            var rest = value.bytes
            while !rest.isEmpty {
                let part = rest.prefix { $0 != UInt8(ascii: ",") }
                rest = rest[part.endIndex...].dropFirst()
                let range = part.prefix { $0 != UInt8(ascii: ";") }
                if isWanted(range), !Self.isRefused(part[range.endIndex...]) { return true }
            }
        }
        return false
    }

    /// Whether parameters have a weight of nothing: `;q=0`, `;q=0.0`.
    private static func isRefused(_ parameters: ArraySlice<UInt8>) -> Bool {
        parameters.split(separator: UInt8(ascii: ";")).contains { piece in
            let weight = piece.filter { $0 != 0x20 }
            let isWeight = weight.starts(with: "q=0".utf8) || weight.starts(with: "Q=0".utf8)
            return isWeight && !weight.contains { (0x31...0x39).contains($0) }
        }
    }

    /// Whether a field says that a body is of a type, whatever its parameters.
    static func isOfType(_ type: MediaType, _ fields: Fields) -> Bool {
        fields[.contentType].map { type.isSpelled($0.bytes.prefix { $0 != UInt8(ascii: ";") }) }
            ?? false
    }
}

/// A type of content that is compared with what requests say.
struct MediaType: Sendable {
    private let name: [UInt8]
    /// The part before the slash, and `*`.
    private let family: [UInt8]

    static let json = Self("application", "json")
    static let events = Self("text", "event-stream")
    static let any = Self("*", "*")

    /// A type by its two words, in small letters.
    private init(_ family: String, _ name: String) {
        self.name = Array("\(family)/\(name)".utf8)
        self.family = Array("\(family)/*".utf8)
    }

    /// Whether bytes are its name, but for case and blanks.
    func isSpelled(_ bytes: ArraySlice<UInt8>) -> Bool { Self.spells(bytes.span, name.span) }

    /// Whether bytes stand for all types like it.
    func isOfFamily(_ bytes: ArraySlice<UInt8>) -> Bool { Self.spells(bytes.span, family.span) }

    private static func spells(_ bytes: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
        var matched = 0
        for index in bytes.indices where bytes[index] != 0x20 {
            let byte = bytes[index]
            let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            guard matched < text.count, text[matched] == (isCapital ? byte | 0x20 : byte) else {
                return false
            }
            matched += 1
        }
        return matched == text.count
    }
}
