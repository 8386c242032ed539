extension EnvelopeScanner {
    /// Reads up to the value of the next member of the open object; nil once the object is closed.
    @inline(__always)
    mutating func member(_ bytes: Span<UInt8>, _ isFirst: inout Bool) throws(Fault) -> Key? {
        if !isFirst, bytes.byte(scanner.at) == 0x7D {
            scanner.at &+= 1
            return nil
        }
        if let key = usualMember(bytes, &isFirst) { return key }
        return try anyMember(bytes, &isFirst)
    }

    /// The same for the usual spelling: no white space before the colon, a short name, no escapes.
    @inline(__always)
    private mutating func usualMember(_ bytes: Span<UInt8>, _ isFirst: inout Bool) -> Key? {
        // A brace or a comma, and a quote, in one go.
        let lead: UInt64 = isFirst ? 0x227B : 0x222C
        let head = bytes.word(scanner.at)
        guard head & 0xFFFF == lead else { return nil }
        let start = scanner.at &+ 2
        let first = bytes.word(start)
        var hits = stops(in: first)
        var end = start &+ place(of: hits)
        if hits == 0 {
            hits = stops(in: bytes.word(start &+ 8))
            end = start &+ 8 &+ place(of: hits)
        }
        // A quote and a colon: a name that goes on, or holds an escape, shows something else here.
        guard hits != 0, bytes.word(end) & 0xFFFF == 0x3A22 else { return nil }
        isFirst = false
        scanner.at = end &+ 2
        _ = scanner.next(bytes)
        return Key(bytes, from: start, to: end)
    }

    @inline(never)
    private mutating func anyMember(
        _ bytes: Span<UInt8>, _ isFirst: inout Bool
    ) throws(Fault) -> Key? {
        if isFirst { scanner.at &+= 1 }
        var byte = scanner.next(bytes)
        if byte == 0x7D {
            scanner.at &+= 1
            return nil
        }
        if isFirst {
            isFirst = false
        } else {
            guard byte == 0x2C else { throw Fault(cause: .separator, offset: scanner.at) }
            scanner.at &+= 1
            byte = scanner.next(bytes)
        }
        guard byte == 0x22 else { throw Fault(cause: .key, offset: scanner.at) }
        let key = try self.key(bytes)
        guard scanner.next(bytes) == 0x3A else { throw Fault(cause: .colon, offset: scanner.at) }
        scanner.at &+= 1
        _ = scanner.next(bytes)
        return key
    }

    /// Reads one key.
    ///
    /// A spelling with escapes counts as the key it stands for.
    @inline(__always)
    private mutating func key(_ bytes: Span<UInt8>) throws(Fault) -> Key {
        let start = scanner.at &+ 1
        let escapes = scanner.escapes
        scanner.at = try scanner.string(bytes, from: start)
        let end = scanner.at &- 1
        if scanner.escapes == escapes { return Key(bytes, from: start, to: end) }
        return ShortText(bytes, from: start, to: end).key
    }

    /// Refuses a key that may stand only once, or makes a note when it is the id.
    mutating func repeated(_ key: Key) throws(Fault) {
        guard scanner.isLenient else {
            throw Fault(cause: .duplicate, key: key, offset: scanner.at)
        }
        if key == .id { hasTwoIds = true }
    }
}
