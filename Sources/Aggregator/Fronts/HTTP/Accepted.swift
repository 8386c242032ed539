import Wire

/// What types of content a client says that it takes (RFC 9110 §12.5.1).
struct Accepted {
    private let ranges: [String]

    /// What nearly every client of this protocol says, word for word.
    private static let usual = Array("application/json, text/event-stream".utf8)
    private static let both = ["application/json", "text/event-stream"]

    init(_ fields: Fields) {
        if let only = fields[.accept], only.bytes.elementsEqual(Self.usual) {
            ranges = Self.both
            return
        }
        ranges = fields.values(of: .accept).flatMap { value in
            value.text.lowercased().split(separator: ",").compactMap { part in
                let pieces = part.split(separator: ";")
                let isRefused = pieces.dropFirst().contains { piece in
                    let weight = piece.filter { $0 != " " }
                    return weight.hasPrefix("q=0") && !weight.contains { ("1"..."9").contains($0) }
                }
                return isRefused ? nil : pieces.first.map { $0.filter { $0 != " " } }
            }
        }
    }

    /// Whether it takes a type such as `application/json`.
    func takes(_ type: String) -> Bool {
        let family = type.prefix { $0 != "/" }
        return ranges.contains { $0 == type || $0 == "*/*" || $0 == "\(family)/*" }
    }

    /// Whether it lists a type by name: a client that takes anything may not know what to do with it.
    func names(_ type: String) -> Bool { ranges.contains(type) }

    /// Whether a field says that a body is of a type, whatever its parameters.
    static func isOfType(_ type: String, _ fields: Fields) -> Bool {
        guard let field = fields[.contentType] else { return false }
        if field.bytes.elementsEqual(type.utf8) { return true }
        let value = field.text
        return value.prefix { $0 != ";" }.filter { $0 != " " }.lowercased() == type
    }
}
