extension Scanner {
    /// The offset after a number, `true`, `false` or `null` that starts at `start`.
    func scalar(_ bytes: Span<UInt8>, from start: Int) throws(Fault) -> Int {
        let length = usualScalar(in: bytes.word(start))
        if length > 0 { return start &+ length }
        let byte = bytes.byte(start)
        guard isNumber(byte) else {
            let isWord = byte == 0x74 || byte == 0x66 || byte == 0x6E  // true, false, null
            throw Fault(cause: isWord ? .literal : .value, offset: start)
        }
        let end = bytes.numberEnd(from: start)
        guard end > start else { throw Fault(cause: .number, offset: ~end) }
        return end
    }
}

/// Whether a number can start with a byte.
@inline(__always)
func isNumber(_ byte: UInt8) -> Bool { byte == 0x2D || byte &- 0x30 < 10 }

/// The length of the `true`, `false`, `null` or integer of one to seven digits that a word starts
/// with, which most scalars are; 0 for others.
@inline(__always)
func usualScalar(in word: UInt64) -> Int {
    let digits = word ^ everywhere(0x30)
    // What is no digit is marked; a zero or a sign in front is left to the long way.
    let others = ((digits &+ everywhere(0x76)) | digits) & everywhere(0x80)
    if others & 0xFF == 0 {
        guard others != 0, digits & 0xFF != 0 else { return 0 }
        let next = UInt8(truncatingIfNeeded: word &>> UInt64(others.trailingZeroBitCount & 0x38))
        return next == 0x2E || next | 0x20 == 0x65 ? 0 : place(of: others)
    }
    if word & 0xFFFF_FFFF == 0x6575_7274 { return 4 }  // true
    if word & 0xFFFF_FFFF == 0x6C6C_756E { return 4 }  // null
    return word & 0xFF_FFFF_FFFF == 0x65_736C_6166 ? 5 : 0  // false
}

extension Span where Element == UInt8 {
    /// The offset after the number (RFC 8259 §6) that starts at `start`; where a digit is missing, the
    /// complement of that offset, which is negative.
    ///
    /// The size of a number is not judged: 1E400 is one.
    @inline(__always)
    func numberEnd(from start: Int) -> Int {
        var at = byte(start) == 0x2D ? start &+ 1 : start
        guard isDigit(at) else { return ~at }
        at = byte(at) == 0x30 ? at &+ 1 : digitsEnd(from: at)
        if byte(at) == 0x2E {
            at &+= 1
            guard isDigit(at) else { return ~at }
            at = digitsEnd(from: at)
        }
        if byte(at) | 0x20 == 0x65 {
            at &+= 1
            if byte(at) == 0x2B || byte(at) == 0x2D { at &+= 1 }
            guard isDigit(at) else { return ~at }
            at = digitsEnd(from: at)
        }
        return at
    }

    @inline(__always)
    private func isDigit(_ offset: Int) -> Bool { byte(offset) &- 0x30 < 10 }

    @inline(__always)
    private func digitsEnd(from start: Int) -> Int {
        var at = start
        while isDigit(at) { at &+= 1 }
        return at
    }
}
