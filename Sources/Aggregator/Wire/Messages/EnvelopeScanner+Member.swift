/// A member of an object on the routing path.
struct Member {
    let key: Key
    /// Offset of the value.
    let start: Int
    /// Offset after the value; 0 when it has not been read yet.
    let end: Int
}

extension EnvelopeScanner {
    /// Reads the next member of the open object, its value only when that is plain; nil once the
    /// object is closed.
    @inline(__always)
    mutating func member(_ bytes: Span<UInt8>, isFirst: Bool) throws(Fault) -> Member? {
        if !isFirst, bytes.byte(scanner.at) == 0x7D {
            scanner.at &+= 1
            return nil
        }
        let member = bytes.usualMember(from: scanner.at, after: isFirst ? 0x7B : 0x2C)
        guard member.start != 0 else { return try anyMember(bytes, isFirst: isFirst) }
        scanner.at = member.start
        return member
    }

    /// Reads over the value of a member, if that is still to be done.
    @inline(__always)
    mutating func finish(_ member: Member, _ bytes: Span<UInt8>, depth: Int) throws(Fault) {
        if member.end != 0 {
            scanner.at = member.end
        } else {
            try scanner.value(bytes, depth: depth)
        }
    }

    @inline(never)
    private mutating func anyMember(
        _ bytes: Span<UInt8>, isFirst: Bool
    ) throws(Fault) -> Member? {
        if isFirst { scanner.at &+= 1 }
        var byte = scanner.next(bytes)
        if byte == 0x7D {
            scanner.at &+= 1
            return nil
        }
        if !isFirst {
            guard byte == 0x2C else { throw Fault(cause: .separator, offset: scanner.at) }
            scanner.at &+= 1
            byte = scanner.next(bytes)
        }
        guard byte == 0x22 else { throw Fault(cause: .key, offset: scanner.at) }
        let key = try self.key(bytes)
        guard scanner.next(bytes) == 0x3A else { throw Fault(cause: .colon, offset: scanner.at) }
        scanner.at &+= 1
        _ = scanner.next(bytes)
        return Member(key: key, start: scanner.at, end: 0)
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

    /// What is wrong with a member of another name, which begins after this offset: that some programs,
    /// which do not tell capitals from small letters, would take it for one of these keys.
    ///
    /// They would carry out something else than what was judged here.
    @inline(never)
    mutating func likeness(_ bytes: Span<UInt8>, _ start: Int, _ keys: [Key]) -> Fault? {
        guard !scanner.isLenient, let quote = bytes.offset(of: 0x22, from: start) else {
            return nil
        }
        let end = skipString(bytes, from: quote + 1) - 1
        let name = ShortText(bytes, from: quote + 1, to: end)
        let key = keys.first { name.isSpelledLike($0.name) }
        return key.map { Fault(cause: .likeness, key: $0, offset: quote) }
    }

    /// Refuses a key that may stand only once, or makes a note when it is the id.
    mutating func repeated(_ member: Member) throws(Fault) {
        guard scanner.isLenient else {
            throw Fault(cause: .duplicate, key: member.key, offset: member.start)
        }
        if member.key == .id { hasTwoIds = true }
    }
}

extension Span where Element == UInt8 {
    /// The member after a brace or a comma when it is spelled as most programs write it: no white
    /// space, no escapes, only ASCII; its value is read when it is a string or a short scalar.
    ///
    /// Its start is 0 when it is spelled otherwise.
    @inline(never)
    fileprivate func usualMember(from start: Int, after lead: UInt64) -> Member {
        let none = Member(key: .other, start: 0, end: 0)
        guard count >= 8, word(start) & 0xFFFF == 0x2200 | lead else { return none }
        let name = start &+ 2
        let nameEnd = plainEnd(from: name)
        let tail = word(nameEnd)
        guard tail & 0xFFFF == 0x3A22, tail & 0xFF_0000 > 0x20_0000 else { return none }  // ":
        let value = nameEnd &+ 2
        var end = 0
        if tail & 0xFF_0000 == 0x22_0000 {
            let quote = plainEnd(from: value &+ 1)
            if byte(quote) == 0x22 { end = quote &+ 1 }
        } else if tail & 0xFF_0000 != 0x7B_0000 {
            let length = usualScalar(in: word(value))
            if length != 0 { end = value &+ length }
        }
        let length = nameEnd &- name
        let key =
            length == 39
            ? Key.long(self, from: name) : Key.short(length, word(name), word(nameEnd &- 8))
        return Member(key: key, start: value, end: end)
    }
}
