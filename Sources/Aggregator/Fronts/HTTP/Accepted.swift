import Wire

/// What types of content a client says that it takes (RFC 9110 §12.5.1).
///
/// Every request is asked for it, so the bytes are looked at where they are.
struct Accepted {
    private let values: [FieldValue]

    init(_ fields: Fields) { values = fields.values(of: .accept) }

    /// Whether it takes a type such as `application/json`.
    func takes(_ type: String) -> Bool {
        let family = "\(type.prefix { $0 != "/" })/*"
        return contains {
            Self.spells($0, type) || Self.spells($0, "*/*") || Self.spells($0, family)
        }
    }

    /// Whether it lists a type by name: a client that takes anything may not know what to do with it.
    func names(_ type: String) -> Bool { contains { Self.spells($0, type) } }

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

    /// Whether bytes are a text in small letters, but for their case and blanks.
    private static func spells(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
        var letters = text.utf8.makeIterator()
        for byte in bytes where byte != 0x20 {
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            guard letters.next() == (isCapital ? byte | 0x20 : byte) else { return false }
        }
        return letters.next() == nil
    }

    /// Whether a field says that a body is of a type, whatever its parameters.
    static func isOfType(_ type: String, _ fields: Fields) -> Bool {
        guard let field = fields[.contentType] else { return false }
        if field.bytes.elementsEqual(type.utf8) { return true }
        let value = field.text
        return value.prefix { $0 != ";" }.filter { $0 != " " }.lowercased() == type
    }
}
