extension Scanner {
    /// The offset after a number, `true`, `false` or `null` that starts at `start`.
    @inline(__always)
    func scalar(_ bytes: Span<UInt8>, from start: Int) throws(Fault) -> Int {
        switch bytes.byte(start) {
        case 0x2D, 0x30...0x39:
            return try number(bytes, from: start)
        case 0x74, 0x66, 0x6E:
            return try literal(bytes, from: start)
        default:
            throw Fault(cause: .value, offset: start)
        }
    }

    private func literal(_ bytes: Span<UInt8>, from start: Int) throws(Fault) -> Int {
        let word = bytes.word(start)
        if word & 0xFFFF_FFFF == 0x6575_7274 { return start &+ 4 }  // true
        if word & 0xFFFF_FFFF == 0x6C6C_756E { return start &+ 4 }  // null
        if word & 0xFF_FFFF_FFFF == 0x65_736C_6166 { return start &+ 5 }  // false
        throw Fault(cause: .literal, offset: start)
    }

    /// The offset after a number (RFC 8259 §6).
    ///
    /// Its size is not judged: 1E400 is a number.
    private func number(_ bytes: Span<UInt8>, from start: Int) throws(Fault) -> Int {
        if let end = shortInteger(bytes, from: start) { return end }
        var at = start
        if bytes.byte(at) == 0x2D { at &+= 1 }
        if bytes.byte(at) == 0x30 {
            at &+= 1
        } else {
            at = try digits(bytes, from: at)
        }
        if bytes.byte(at) == 0x2E { at = try digits(bytes, from: at &+ 1) }
        if bytes.byte(at) | 0x20 == 0x65 {
            at &+= 1
            let sign = bytes.byte(at)
            if sign == 0x2B || sign == 0x2D { at &+= 1 }
            at = try digits(bytes, from: at)
        }
        return at
    }

    /// The offset after an integer of one to seven digits, which most numbers are; nil for others.
    @inline(__always)
    private func shortInteger(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        let word = bytes.word(start) ^ everywhere(0x30)
        // What is no digit is marked; a zero or a sign in front is left to the long way.
        let others = ((word &+ everywhere(0x76)) | word) & everywhere(0x80)
        let end = start &+ place(of: others)
        guard others & ~0xFF != 0, others & 0xFF == 0, word & 0xFF != 0 else { return nil }
        switch bytes.byte(end) {
        case 0x2E, 0x45, 0x65: return nil
        default: return end
        }
    }

    /// The offset after at least one digit.
    @inline(__always)
    private func digits(_ bytes: Span<UInt8>, from start: Int) throws(Fault) -> Int {
        var at = start
        while bytes.byte(at) &- 0x30 < 10 { at &+= 1 }
        guard at > start else { throw Fault(cause: .number, offset: at) }
        return at
    }
}
