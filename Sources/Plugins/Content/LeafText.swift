import Wire

/// The text of a leaf, and how to change a part of it: a string keeps the spelling of the rest, any
/// other value becomes a string.
struct LeafText {
    /// Unescaped UTF-8.
    let bytes: [UInt8]
    private let value: Value
    private let placed: Value.PlacedText?

    /// The text of a string, a number or a truth value; nil of `null`.
    init?(_ leaf: Leaf) {
        value = leaf.value
        placed = leaf.value.placed
        guard leaf.value.kind != .null else { return nil }
        bytes = placed?.text ?? leaf.value.copy()
    }

    /// The splices that put other text in the place of ranges of `bytes`, which come from front to back.
    func replacing(_ parts: [(Range<Int>, [UInt8])]) -> [Splice] {
        if let placed {
            return parts.map { Splice(placed.extent(of: $0), with: Self.escaped($1)) }
        }
        var whole: [UInt8] = []
        var at = 0
        for (range, text) in parts {
            whole += bytes[at..<range.lowerBound] + text
            at = range.upperBound
        }
        whole += bytes[at...]
        return [Splice(value, with: JSONWriter.quoted(String(decoding: whole, as: UTF8.self)))]
    }

    /// Text as it stands between the quotes of a string.
    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        Array(JSONWriter.quoted(String(decoding: text, as: UTF8.self)).dropFirst().dropLast())
    }
}
