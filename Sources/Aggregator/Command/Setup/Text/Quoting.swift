import Wire

/// Texts as other languages write them.
enum Quoting {
    /// A YAML scalar that is read as this text: plain where that is safe, else in double quotes.
    static func yaml(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map { isLetter($0) || $0 == UInt8(ascii: "/") } == true
            && text.utf8.allSatisfy { isLetter($0) || "0123456789_./@+-".utf8.contains($0) }
            && Node.Meaning(plain: text) == .string
        return isPlain ? text : "\"\(text.unicodeScalars.map(yamlEscape).joined())\""
    }

    /// A word of a POSIX shell.
    static func shell(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy {
                isLetter($0) || "0123456789_./@%+=:,-".utf8.contains($0)
            }
        if isPlain { return word }
        let parts = word.split(separator: "'", omittingEmptySubsequences: false)
        return "'\(parts.joined(separator: #"'\''"#))'"
    }

    /// The query of a URL (RFC 3986): everything but unreserved characters is percent-encoded.
    static func percent(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF")
        return bytes.reduce(into: "") { text, byte in
            if isLetter(byte) || "0123456789-._~".utf8.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        0x41...0x5A ~= byte || 0x61...0x7A ~= byte
    }

    /// YAML 1.2 §5.7: what is not printable, and what some readers take for a line break.
    private static func yamlEscape(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x22: return "\\\""
        case 0x5C: return "\\\\"
        case 0x0A: return "\\n"
        case 0x09: return "\\t"
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
            let hex = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        default: return String(scalar)
        }
    }
}
