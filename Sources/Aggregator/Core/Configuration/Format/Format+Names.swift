extension Schema.Form {
    /// The base of a published name.
    package static let publishedName = Self(
        pattern: "^[A-Za-z0-9_-]{1,64}$", words: "of 1 to 64 letters, digits, '_' and '-'")

    /// Anything but an empty string.
    package static let filled = Self(pattern: #"^[\s\S]+$"#, words: "that is not empty")

    /// The prefix of published names.
    static let prefix = Self(
        pattern: "^[A-Za-z0-9_-]{0,20}$", words: "of at most 20 letters, digits, '_' and '-'")

    /// Whether a text can be a prefix.
    static func isPrefix(_ text: String) -> Bool {
        text.utf8.count <= 20 && text.utf8.allSatisfy(\.isNameByte)
    }
}

extension Format<String> {
    /// The base of a published name: what every client accepts.
    package static let publishedName = Self.string(.publishedName) {
        (1...64).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isNameByte)
    }

    /// A name or a pattern of names: a string that is not empty.
    package static let filled = Self.string(.filled) { !$0.isEmpty }
}

extension Format {
    /// A mapping from free keys to such values whose order does not matter.
    package func dictionary() -> Format<[String: Value]> {
        mapping().map(
            { entries in Dictionary(entries.map { ($0.key, $0.value) }) { _, last in last } },
            back: { _ in nil })
    }
}

extension UInt8 {
    /// Whether the byte may be in a name that every client accepts: `[A-Za-z0-9_-]`.
    var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
