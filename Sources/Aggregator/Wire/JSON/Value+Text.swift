extension Value {
    /// The UTF-8 content of a string, unescaped; nil when it is no string.
    ///
    /// An escaped surrogate without its partner becomes U+FFFD.
    package var text: [UInt8]? {
        guard kind == .string else { return nil }
        let source = bytes.span
        let end = upper - 1
        var at = Self.plainEnd(source, from: lower + 1, to: end)
        var text = Array(bytes[(lower + 1)..<at])
        while at < end {
            let step = unescape(source, at: at)
            for offset in 0..<step.count {
                text.append(UInt8(truncatingIfNeeded: step.utf8 &>> UInt32(8 * offset)))
            }
            at += step.length
            let plain = Self.plainEnd(source, from: at, to: end)
            text.append(contentsOf: bytes[at..<plain])
            at = plain
        }
        return text
    }

    /// The content of a string; nil when it is no string.
    package var string: String? {
        text.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether it is a string that, unescaped, equals `other` byte by byte.
    package func isText(_ other: String) -> Bool {
        guard kind == .string else { return false }
        let expected = other.utf8.span
        let source = bytes.span
        var at = lower + 1
        var matched = 0
        while at < upper - 1 {
            let step = unescape(source, at: at)
            for offset in 0..<step.count {
                let byte = UInt8(truncatingIfNeeded: step.utf8 &>> UInt32(8 * offset))
                guard expected.byte(matched) == byte, matched < expected.count else { return false }
                matched += 1
            }
            at += step.length
        }
        return matched == expected.count
    }

    /// The offset of the first backslash, or `end`.
    private static func plainEnd(_ source: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var at = start
        while at < end {
            let hits = marks(of: 0x5C, in: source.word(at))
            if hits != 0 { return min(at + place(of: hits), end) }
            at += 8
        }
        return end
    }
}
