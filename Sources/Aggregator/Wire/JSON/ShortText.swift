/// The unescaped content of a short string, held inline: for names that were spelled with escapes.
///
/// What does not fit in 64 bytes is longer than any name it could be compared with.
struct ShortText {
    private(set) var bytes = InlineArray<64, UInt8>(repeating: 0)
    private(set) var count = 0

    /// Unescapes the content of a well-formed string between two offsets.
    init(_ source: Span<UInt8>, from lower: Int, to upper: Int) {
        var at = lower
        while at < upper {
            let step = unescape(source, at: at)
            guard count + step.count <= 64 else {
                count = 65
                return
            }
            for offset in 0..<step.count {
                bytes[count] = UInt8(truncatingIfNeeded: step.utf8 &>> UInt32(8 * offset))
                count += 1
            }
            at += step.length
        }
    }

    /// Whether it is a word of ASCII but for capitals.
    ///
    /// Two letters outside of ASCII are capitals or small ones of letters in it: U+017F of `s`, U+212A of
    /// `k` (Unicode, CaseFolding).
    func isSpelledLike(_ word: String) -> Bool {
        guard count <= 64 else { return false }
        let all = bytes.span
        var at = 0
        for letter in word.utf8 {
            guard at < count else { return false }
            if Self.small(all[at]) == Self.small(letter) {
                at += 1
            } else if letter == 0x73, at + 1 < count, all[at] == 0xC5, all[at + 1] == 0xBF {
                at += 2
            } else if letter == 0x6B, at + 2 < count, all[at] == 0xE2, all[at + 1] == 0x84,
                all[at + 2] == 0xAA
            {
                at += 3
            } else {
                return false
            }
        }
        return at == count
    }

    private static func small(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    /// The routing key that it spells.
    var key: Key { count > 64 ? .other : Key(bytes.span, from: 0, to: count) }
}

/// One step of unescaping: how long the source is, and the UTF-8 it stands for, first byte lowest.
struct Unescaped {
    let length: Int
    let utf8: UInt32
    let count: Int
}

/// Reads one byte or one escape sequence of a well-formed string.
///
/// A surrogate without its partner becomes U+FFFD, because it stands for nothing that UTF-8 could
/// hold.
@inline(__always)
func unescape(_ source: Span<UInt8>, at: Int) -> Unescaped {
    let byte = source.byte(at)
    guard byte == 0x5C else { return Unescaped(length: 1, utf8: UInt32(byte), count: 1) }
    return unescapeSequence(source, at: at)
}

private func unescapeSequence(_ source: Span<UInt8>, at: Int) -> Unescaped {
    let short: UInt8
    switch source.byte(at + 1) {
    case 0x62: short = 0x08
    case 0x66: short = 0x0C
    case 0x6E: short = 0x0A
    case 0x72: short = 0x0D
    case 0x74: short = 0x09
    case 0x75: return unescapeUnit(source, at: at)
    case let byte: short = byte
    }
    return Unescaped(length: 2, utf8: UInt32(short), count: 1)
}

private func unescapeUnit(_ source: Span<UInt8>, at: Int) -> Unescaped {
    let unit = codeUnit(source, at: at)
    if unit & 0xFC00 == 0xD800, source.byte(at + 6) == 0x5C, source.byte(at + 7) == 0x75 {
        let low = codeUnit(source, at: at + 6)
        if low & 0xFC00 == 0xDC00 {
            let scalar = 0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF))
            return encoded(scalar, length: 12)
        }
    }
    return encoded(unit & 0xF800 == 0xD800 ? 0xFFFD : unit, length: 6)
}

/// The value of the four digits of `\uXXXX`.
private func codeUnit(_ source: Span<UInt8>, at: Int) -> UInt32 {
    var unit: UInt32 = 0
    for offset in 2..<6 { unit = unit << 4 | UInt32(hexDigit(source.byte(at + offset)) ?? 0) }
    return unit
}

private func encoded(_ scalar: UInt32, length: Int) -> Unescaped {
    func tail(_ shift: UInt32) -> UInt32 { 0x80 | (scalar >> shift & 0x3F) }
    switch scalar {
    case 0..<0x80:
        return Unescaped(length: length, utf8: scalar, count: 1)
    case 0x80..<0x800:
        return Unescaped(length: length, utf8: 0xC0 | scalar >> 6 | tail(0) << 8, count: 2)
    case 0x800..<0x10000:
        let utf8 = 0xE0 | scalar >> 12 | tail(6) << 8 | tail(0) << 16
        return Unescaped(length: length, utf8: utf8, count: 3)
    default:
        let utf8 = 0xF0 | scalar >> 18 | tail(12) << 8 | tail(6) << 16 | tail(0) << 24
        return Unescaped(length: length, utf8: utf8, count: 4)
    }
}
