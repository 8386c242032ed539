/// Bytes as text, by RFC 4648: the usual alphabet (section 4) and the one for URLs (section 5).
package enum Base64 {
    private static let usual = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let forURLs = Array(usual.dropLast(2) + "-_".utf8)

    /// The usual text, padded.
    package static func encode(_ bytes: [UInt8]) -> String {
        text(bytes, usual) + String(repeating: "=", count: (3 - bytes.count % 3) % 3)
    }

    /// The text for URLs, without padding.
    package static func encodeForURL(_ bytes: [UInt8]) -> String { text(bytes, forURLs) }

    /// The bytes of text in either alphabet, padded or not; nil when it is no base64.
    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        bytes(text.filter { $0 != UInt8(ascii: "=") })?.bytes
    }

    /// The bytes of what `encodeForURL` makes; nil for every other spelling of the same bytes.
    package static func decodeForURL(_ text: some StringProtocol) -> [UInt8]? {
        let text = Array(text.utf8)
        guard !text.contains(where: { "+/".utf8.contains($0) }), text.count % 4 != 1,
            let (bytes, rest) = bytes(text), rest == 0
        else { return nil }
        return bytes
    }

    /// How many bytes encoded text stands for.
    package static func count(_ text: ArraySlice<UInt8>) -> Int {
        text.count { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\\") } * 3 / 4
    }

    private static func text(_ bytes: [UInt8], _ alphabet: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 4 / 3 + 4)
        var buffer = 0
        var bits = 0
        for byte in bytes {
            buffer = (buffer << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[buffer >> bits & 63])
            }
        }
        if bits > 0 { text.append(alphabet[buffer << (6 - bits) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, and the bits that are left over.
    private static func bytes(_ text: [UInt8]) -> (bytes: [UInt8], rest: Int)? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var buffer = 0
        var bits = 0
        for character in text {
            guard let value = value(of: character) else { return nil }
            buffer = (buffer << 6 | value) & 0xFF_FFFF
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(buffer >> bits & 0xFF))
        }
        return (bytes, buffer & (1 << bits - 1))
    }

    private static func value(of character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
