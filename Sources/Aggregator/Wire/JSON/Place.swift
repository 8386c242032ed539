/// Where a scan stands inside the value that it reads.
struct Place {
    /// What lies at a place.
    enum Kind {
        /// A value, perhaps after white space.
        case value
        /// The rest of a string that is a value.
        case string
        /// The rest of the name of a member.
        case name
        /// What follows a value.
        case end
    }

    /// Offset of the next byte to read.
    var at: Int
    /// One bit per open container, 1 for an object, on top of `bottom`.
    var open = Place.bottom
    var kind = Kind.value

    /// What `open` is when no container is.
    static let bottom: UInt64 = 0b10
}

extension Place {
    /// The place up to which the text is what most programs write: at most a space between tokens, no
    /// escapes, only ASCII.
    ///
    /// It judges nothing and stops before whatever it does not know, for `Scanner` to read. It calls
    /// nothing, throws nothing and has no `self` to keep up to date, so that all it knows stays in
    /// registers; what it costs is to wait for the end of each token, where the next one begins.
    @inline(never)
    func afterUsual(_ bytes: Span<UInt8>, full: UInt64) -> Place {
        // The loads of longer texts need no loop for their last bytes, hence no call.
        guard bytes.count >= 8 else { return self }
        var place = self
        while place.step(bytes, full) {}
        return place
    }

    /// Reads one token; false when it is none that is usual, and then nothing has changed but `at`
    /// within a string.
    @inline(__always)
    private mutating func step(_ bytes: Span<UInt8>, _ full: UInt64) -> Bool {
        switch kind {
        case .value: value(bytes, bytes.word(at), full)
        case .string: string(bytes)
        case .name: name(bytes)
        case .end: end(bytes)
        }
    }

    @inline(__always)
    private mutating func value(_ bytes: Span<UInt8>, _ word: UInt64, _ full: UInt64) -> Bool {
        if word & 0xFF == 0x22 {
            move(1, .string)
        } else if word & 0xFFFF == 0x227B {  // {"
            guard open < full else { return false }
            open = open &<< 1 | 1
            move(2, .name)
        } else if word & 0xFF == 0x5B, word & 0xFF00 > 0x2000, word & 0xFF00 != 0x5D00 {  // [
            guard open < full else { return false }
            open &<<= 1
            move(1, .value)
        } else if word & 0xFF == 0x20 {
            move(1, .value)
        } else {
            var length = usualScalar(in: word)
            if length == 0, isNumber(UInt8(truncatingIfNeeded: word)) {
                length = bytes.numberEnd(from: at) &- at
            }
            guard length > 0 else { return false }
            move(length, .end)
        }
        return true
    }

    @inline(__always)
    private mutating func string(_ bytes: Span<UInt8>) -> Bool {
        at = bytes.plainEnd(from: at)
        let tail = bytes.word(at)
        guard tail & 0xFF == 0x22 else { return false }
        if tail & 0xFF_FFFF == 0x22_2C22, open & 1 == 1 {  // ","
            move(3, .name)
        } else {
            move(1, .end)
        }
        return true
    }

    @inline(__always)
    private mutating func name(_ bytes: Span<UInt8>) -> Bool {
        at = bytes.plainEnd(from: at)
        let tail = bytes.word(at)
        guard tail & 0xFFFF == 0x3A22 else { return false }  // ":
        if tail & 0xFF_0000 == 0x22_0000 {
            move(3, .string)
        } else {
            move(2, .value)
        }
        return true
    }

    @inline(__always)
    private mutating func end(_ bytes: Span<UInt8>) -> Bool {
        while open != Place.bottom, bytes.byte(at) == closing {
            at &+= 1
            open &>>= 1
        }
        let ahead = bytes.word(at)
        if open & 1 == 1 {
            if ahead & 0xFFFF == 0x222C {  // ,"
                move(2, .name)
                return true
            }
            guard ahead & 0xFF_FFFF == 0x22_202C else { return false }  // , "
            move(3, .name)
        } else {
            guard ahead & 0xFF == 0x2C, open != Place.bottom else { return false }
            move(1, .value)
        }
        return true
    }

    @inline(__always)
    private mutating func move(_ length: Int, _ kind: Kind) {
        at &+= length
        self.kind = kind
    }

    /// The bracket that closes the innermost container: ']', or '}' two columns of ASCII further.
    @inline(__always)
    var closing: UInt8 { 0x5D | UInt8(truncatingIfNeeded: open & 1) &<< 5 }
}
