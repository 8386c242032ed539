import Wire

/// How a secret may be spelled where it stands in a text: as it is, and as text formats and URLs write it.
struct SecretSpellings {
    /// Every spelling, some of which may be the same.
    let all: [[UInt8]]
    /// Whether it could be a word or a number that means something else wherever it stands.
    let isOrdinary: Bool

    /// The spellings of a value of the configuration.
    init(_ secret: String) {
        let plain = Self.trimmed(Array(secret.utf8))
        let text = String(decoding: plain, as: UTF8.self)
        let escaped = Self.escaped(text, slashes: false)
        let slashed = Self.escaped(text, slashes: true)
        all = [
            Array(secret.utf8), plain, escaped, slashed,
            Self.escaped(String(decoding: escaped, as: UTF8.self), slashes: false),
            Self.escaped(String(decoding: slashed, as: UTF8.self), slashes: false),
            Self.unicode(text), Array(PercentEncoding.encode(text).utf8),
            Array(Base64.encode(plain).utf8),
            Array(Base64.encodeForURL(plain).utf8),
        ]
        let isWord = plain.allSatisfy { Self.isLetter($0) }
        let isShort = plain.allSatisfy { Self.isLetter($0) || Self.isDigit($0) }
        isOrdinary = isWord && plain.count <= 12 || isShort && plain.count <= 6
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? start
        return Array(bytes[start..<max(start, end)])
    }

    /// As JSON writes it (RFC 8259, section 7), with or without a backslash before `/`.
    private static func escaped(_ text: String, slashes: Bool) -> [UInt8] {
        let quoted = JSONWriter.quoted(text).dropFirst().dropLast()
        guard slashes else { return Array(quoted) }
        return quoted.flatMap { $0 == UInt8(ascii: "/") ? Array(#"\/"#.utf8) : [$0] }
    }

    /// As JSON in pure ASCII writes it.
    private static func unicode(_ text: String) -> [UInt8] {
        escaped(text, slashes: false).count == text.utf8.count && text.utf8.allSatisfy { $0 < 0x80 }
            ? Array(text.utf8)
            : text.utf16.flatMap { unit -> [UInt8] in
                guard unit >= 0x80 else {
                    return escaped(String(decoding: [unit], as: UTF16.self), slashes: false)
                }
                let digits = String(unit, radix: 16)
                let zeros = String(repeating: "0", count: 4 - digits.utf8.count)
                return Array("\\u\(zeros)\(digits)".utf8)
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
