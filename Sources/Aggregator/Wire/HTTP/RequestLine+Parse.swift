extension RequestLine {
    /// Reads the line in a range of a head, without its line end (RFC 9112 §3).
    init(_ bytes: Span<UInt8>, _ range: Range<Int>, _ limits: RequestLimits) throws(Refusal) {
        var at = range.lowerBound
        while at < range.upperBound, isToken(bytes.byte(at)) { at += 1 }
        method = range.lowerBound..<at
        if method.count > RequestLimits.method { throw .methodTooLong }
        guard !method.isEmpty, at < range.upperBound, bytes.byte(at) == 0x20 else {
            throw .requestLine
        }
        kind = RequestMethod(bytes, method)
        let start = at + 1
        at = start
        while at < range.upperBound, bytes.byte(at) != 0x20 { at += 1 }
        let target = start..<at
        if target.count > limits.target { throw .targetTooLong }
        guard at < range.upperBound else { throw .requestLine }
        minorVersion = try Self.minorVersion(bytes, (at + 1)..<range.upperBound)
        try readTarget(bytes, target)
    }

    /// What a line is refused for that is longer than any may be.
    static func refusal(ofLong bytes: Span<UInt8>, from start: Int) -> Refusal {
        for offset in 0...RequestLimits.method where bytes.byte(start + offset) == 0x20 {
            return .targetTooLong
        }
        return .methodTooLong
    }

    private static func minorVersion(_ bytes: Span<UInt8>, _ range: Range<Int>)
        throws(Refusal) -> Int
    {
        let start = range.lowerBound
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        // "HTTP/", a digit, a dot, a digit.
        guard range.count == 8, bytes.word(start) & 0xFF_FFFF_FFFF == 0x2F_5054_5448,
            isDigit(bytes.byte(start + 5)), bytes.byte(start + 6) == 0x2E,
            isDigit(bytes.byte(start + 7))
        else { throw .requestLine }
        guard bytes.byte(start + 5) == 0x31 else { throw .version }
        switch bytes.byte(start + 7) {
        case 0x30: return 0
        case 0x31: return 1
        default: throw .version
        }
    }

    private mutating func readTarget(_ bytes: Span<UInt8>, _ target: Range<Int>) throws(Refusal) {
        for at in target {
            // Visible characters without the number sign: a fragment is never sent.
            let byte = bytes.byte(at)
            guard byte > 0x20, byte < 0x7F, byte != 0x23 else { throw .target }
        }
        if kind == .connect { throw .tunnel }
        if bytes.byte(target.lowerBound) == 0x2F, !target.isEmpty {
            split(bytes, target)
        } else if target.count == 1, bytes.byte(target.lowerBound) == 0x2A, kind == .options {
            path = target
        } else {
            try readURL(bytes, target)
        }
    }

    /// Finds the authority of a target that is a whole URL (RFC 9112 §3.2.2).
    private mutating func readURL(_ bytes: Span<UInt8>, _ target: Range<Int>) throws(Refusal) {
        let start = target.lowerBound
        let scheme =
            if bytes.spells("http://", start..<min(start + 7, target.upperBound)) {
                7
            } else if bytes.spells("https://", start..<min(start + 8, target.upperBound)) {
                8
            } else {
                throw Refusal.target
            }
        var at = start + scheme
        while at < target.upperBound, bytes.byte(at) != 0x2F, bytes.byte(at) != 0x3F { at += 1 }
        let authority = (start + scheme)..<at
        guard Host.isValid(bytes, authority) else { throw .target }
        self.authority = authority
        split(bytes, at..<target.upperBound)
    }

    private mutating func split(_ bytes: Span<UInt8>, _ target: Range<Int>) {
        var at = target.lowerBound
        while at < target.upperBound, bytes.byte(at) != 0x3F { at += 1 }
        path = target.lowerBound..<at
        query = at < target.upperBound ? (at + 1)..<target.upperBound : nil
    }
}

/// The grammar of an authority without a user: `name`, `address` or `[address]`, and a port if any.
enum Host {
    /// Whether a range of bytes is one (RFC 9110 §7.2), never an empty one.
    static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var at = range.lowerBound
        if bytes.byte(at) == 0x5B, !range.isEmpty {
            at += 1
            let start = at
            while at < range.upperBound, isAddress(bytes.byte(at)) { at += 1 }
            guard at > start, at < range.upperBound, bytes.byte(at) == 0x5D else { return false }
            at += 1
        } else {
            while at < range.upperBound, isHostName(bytes.byte(at)) { at += 1 }
            guard at > range.lowerBound else { return false }
        }
        guard at < range.upperBound else { return true }
        return bytes.byte(at) == 0x3A && isPort(bytes, (at + 1)..<range.upperBound)
    }

    /// Hexadecimal digits, colons, and dots of an embedded IPv4 address.
    private static func isAddress(_ byte: UInt8) -> Bool {
        hexadecimalDigit(byte) != nil || byte == 0x3A || byte == 0x2E
    }

    private static func isPort(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard (1...5).contains(range.count) else { return false }
        var port = 0
        for at in range {
            let digit = bytes.byte(at) &- 0x30
            guard digit < 10 else { return false }
            port = port * 10 + Int(digit)
        }
        return port <= 65_535
    }
}
