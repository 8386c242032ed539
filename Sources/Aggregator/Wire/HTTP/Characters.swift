// The classes of bytes that the grammar of HTTP/1.1 knows (RFC 9110 §5.6, RFC 9112 §2).

/// Whether a byte may stand in a token: a method, a field's name, a coding.
@inline(__always)
func isToken(_ byte: UInt8) -> Bool {
    isMember(byte, 0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)
}

/// Whether a byte may stand in the name of a host: letters, digits, `-._~%`.
@inline(__always)
func isHostName(_ byte: UInt8) -> Bool {
    isMember(byte, 0x03FF_6020_0000_0000, 0x47FF_FFFE_87FF_FFFE)
}

/// Whether a byte may stand in a field's value: visible, blank, tab, or outside ASCII.
@inline(__always)
func isFieldText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

/// Whether a byte is a blank or a tab.
@inline(__always)
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// A letter of ASCII in lower case; any other byte as it is.
@inline(__always)
func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

/// The value of a hexadecimal digit; nil for any other byte.
@inline(__always)
func hexadecimalDigit(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x41...0x46: Int(byte) - 0x37
    case 0x61...0x66: Int(byte) - 0x57
    default: nil
    }
}

/// Whether a byte of ASCII is in a set of 128 bits.
@inline(__always)
private func isMember(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
    guard byte < 128 else { return false }
    return (byte < 64 ? low : high) &>> UInt64(byte & 63) & 1 != 0
}

extension Span where Element == UInt8 {
    /// The offset of the first control character in a range, tabs and line ends among them.
    func control(from lower: Int, to upper: Int) -> Int? {
        var at = lower
        while at < upper {
            let word = word(at)
            // Zeros after the end count as controls, and are thrown out below.
            let hits =
                (word &- everywhere(0x20)) & ~word & everywhere(0x80)
                | marks(of: 0x7F, in: word)
            if hits != 0 {
                at += place(of: hits)
                return at < upper ? at : nil
            }
            at += 8
        }
        return nil
    }

    /// Whether a range spells `name`, however its letters are cased.
    ///
    /// `name` is ASCII in lower case.
    func spells(_ name: String, _ range: Range<Int>) -> Bool {
        let name = name.utf8.span
        guard name.count == range.count else { return false }
        for offset in 0..<name.count
        where name[offset] != lowered(byte(range.lowerBound + offset)) {
            return false
        }
        return true
    }

    /// A range without the blanks at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, isBlank(byte(lower)) { lower += 1 }
        while lower < upper, isBlank(byte(upper - 1)) { upper -= 1 }
        return lower..<upper
    }

    /// Calls `body` with every element of a list between commas, without blanks; empty ones too.
    func eachElement(of range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var at = range.lowerBound
        while true {
            var end = at
            while end < range.upperBound, byte(end) != 0x2C { end += 1 }
            body(trimmed(at..<end))
            if end == range.upperBound { return }
            at = end + 1
        }
    }
}
