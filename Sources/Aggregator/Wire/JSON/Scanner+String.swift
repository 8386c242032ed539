extension Scanner {
    /// The offset after the closing quote of a string whose content starts at `start`.
    @inline(__always)
    mutating func string(_ bytes: Span<UInt8>, from start: Int) throws(Fault) -> Int {
        try close(bytes, at: bytes.plainEnd(from: start))
    }

    /// The offset after the closing quote, which mostly is the byte at `end`.
    @inline(__always)
    mutating func close(_ bytes: Span<UInt8>, at end: Int) throws(Fault) -> Int {
        bytes.byte(end) == 0x22 ? end &+ 1 : try special(bytes, from: end)
    }

    /// The offset after the closing quote of a string that has something special at `start`.
    @inline(never)
    private mutating func special(_ bytes: Span<UInt8>, from start: Int) throws(Fault) -> Int {
        var at = start
        while true {
            let byte = bytes.byte(at)
            if byte == 0x22 { return at &+ 1 }
            if byte == 0x5C {
                at = try escape(bytes, at: at)
            } else if byte >= 0x80 {
                at = try multibyte(bytes, from: at)
            } else {
                guard at < bytes.count else { throw Fault(cause: .unterminated, offset: at) }
                guard isLenient else { throw Fault(cause: .control, offset: at) }
                at &+= 1
            }
            at = bytes.plainEnd(from: at)
        }
    }

    /// The offset after an escape sequence (RFC 8259 §7).
    ///
    /// Lone surrogates are let through: the grammar allows them, and what we only forward we do not
    /// judge.
    @inline(__always)
    private mutating func escape(_ bytes: Span<UInt8>, at start: Int) throws(Fault) -> Int {
        escapes &+= 1
        switch bytes.byte(start &+ 1) {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
            return start &+ 2
        case 0x75:
            for offset in 2..<6 where hexDigit(bytes.byte(start &+ offset)) == nil {
                throw Fault(cause: .escape, offset: start)
            }
            return start &+ 6
        default:
            throw Fault(cause: .escape, offset: start)
        }
    }

    /// The offset after a run of characters outside ASCII, each one checked against the table of
    /// well-formed sequences (RFC 3629 §4, Unicode table 3-7).
    private func multibyte(_ bytes: Span<UInt8>, from start: Int) throws(Fault) -> Int {
        var at = start
        while true {
            let lead = bytes.byte(at)
            if lead < 0x80 { return at }
            let length = sequenceLength(bytes, at: at)
            if length == 0 {
                guard isLenient else { throw Fault(cause: .encoding, offset: at) }
                at &+= 1
            } else {
                at &+= length
            }
        }
    }
}

extension Span where Element == UInt8 {
    /// The offset of the first byte from `start` that is no plain content of a string: mostly the
    /// closing quote.
    @inline(__always)
    func plainEnd(from start: Int) -> Int {
        var at = start
        while let word = wholeWord(at) {
            let hits = stops(in: word)
            if hits != 0 { return at &+ place(of: hits) }
            at &+= 8
        }
        // The zeros after the end are stops as well.
        return at &+ place(of: stops(in: word(at)))
    }
}

/// How many bytes the well-formed UTF-8 sequence at `at` has, or 0 when it is not well formed: no
/// overlong forms, no surrogates, nothing above U+10FFFF.
@inline(__always)
func sequenceLength(_ bytes: Span<UInt8>, at: Int) -> Int {
    let lead = bytes.byte(at)
    let second = bytes.byte(at &+ 1)
    func continues(_ offset: Int) -> Bool { bytes.byte(at &+ offset) & 0xC0 == 0x80 }
    switch lead {
    case 0x00...0x7F:
        return 1
    case 0xC2...0xDF:
        return continues(1) ? 2 : 0
    case 0xE0...0xEF:
        let low: UInt8 = lead == 0xE0 ? 0xA0 : 0x80
        let high: UInt8 = lead == 0xED ? 0x9F : 0xBF
        return second >= low && second <= high && continues(2) ? 3 : 0
    case 0xF0...0xF4:
        let low: UInt8 = lead == 0xF0 ? 0x90 : 0x80
        let high: UInt8 = lead == 0xF4 ? 0x8F : 0xBF
        return second >= low && second <= high && continues(2) && continues(3) ? 4 : 0
    default:
        return 0
    }
}

/// The value of a hexadecimal digit.
@inline(__always)
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte &- 0x30
    case 0x41...0x46: byte &- 0x37
    case 0x61...0x66: byte &- 0x57
    default: nil
    }
}
