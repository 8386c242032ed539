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
        kind == .string && Self.spells(bytes.span, lower + 1..<upper - 1, other.utf8.span)
    }

    /// Whether the content of a string, unescaped, equals `expected` byte by byte.
    static func spells(
        _ source: Span<UInt8>, _ content: Range<Int>, _ expected: Span<UInt8>
    ) -> Bool {
        // An escape takes more bytes than it stands for: where the lengths agree, there may be none.
        guard content.count > expected.count else {
            return content.count == expected.count
                && isPlain(source, from: content.lowerBound, expected)
        }
        let (start, end) = (content.lowerBound, content.upperBound)
        let first = source.byte(start)
        guard first == 0x5C || !expected.isEmpty && first == expected[0],
            plainEnd(source, from: start, to: end) < end
        else { return false }
        return isEscaped(source, content, expected)
    }

    /// Whether the bytes from an offset are those that are expected, without a backslash.
    @inline(__always)
    private static func isPlain(
        _ source: Span<UInt8>, from start: Int, _ expected: Span<UInt8>
    ) -> Bool {
        var at = 0
        while at < expected.count {
            let word = expected.word(at)
            let rest = expected.count &- at
            let mask: UInt64 = rest >= 8 ? .max : 1 &<< UInt64(8 &* rest) &- 1
            guard (source.word(start &+ at) ^ word) & mask == 0,
                marks(of: 0x5C, in: word) & mask == 0
            else { return false }
            at &+= 8
        }
        return true
    }

    private static func isEscaped(
        _ source: Span<UInt8>, _ content: Range<Int>, _ expected: Span<UInt8>
    ) -> Bool {
        var at = content.lowerBound
        var matched = 0
        while at < content.upperBound {
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
