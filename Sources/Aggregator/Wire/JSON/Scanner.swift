/// A strict reader of JSON text (RFC 8259) that builds nothing: it only says where values end.
///
/// One pass, no heap, one level of recursion for 62 of nesting. The bytes are handed to every call
/// instead of being kept, because a span cannot be stored. What is usual is read by `Place`, which
/// knows no faults; everything else here.
struct Scanner {
    /// Offset of the next byte to read.
    var at = 0
    /// Whether a carriage return or line feed was seen between tokens.
    var hasLineBreaks = false
    /// Counts backslashes, so that a caller can tell whether a key was spelled with escapes.
    var escapes = 0
    /// The most objects and arrays that may be open at once.
    let depthLimit: Int
    /// Reads over bad UTF-8, control characters and repeated keys: to find the id of a message that
    /// is being refused anyway.
    let isLenient: Bool

    /// A scanner at the beginning of a text.
    init(depthLimit: Int, isLenient: Bool = false) {
        self.depthLimit = depthLimit
        self.isLenient = isLenient
    }
}

extension Scanner {
    /// Reads over white space from `at` and returns the byte found there.
    @inline(__always)
    mutating func next(_ bytes: Span<UInt8>) -> UInt8 {
        at = token(bytes, from: at)
        return bytes.byte(at)
    }

    /// The offset of the first byte from `start` that is not white space.
    @inline(__always)
    mutating func token(_ bytes: Span<UInt8>, from start: Int) -> Int {
        bytes.byte(start) > 0x20 ? start : space(bytes, from: start)
    }

    @inline(never)
    private mutating func space(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var at = start
        while true {
            switch bytes.byte(at) {
            case 0x20:
                at &+= 1
                while bytes.word(at) == everywhere(0x20) { at &+= 8 }
            case 0x0A, 0x0D:
                hasLineBreaks = true
                at &+= 1
            case 0x09:
                at &+= 1
            default:
                return at
            }
        }
    }

    /// Reads over one value that starts at `at`, inside `depth` open containers.
    ///
    /// The flat loop is the whole grammar of RFC 8259 §2 to §5.
    mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(Fault) {
        let full = Place.bottom &<< UInt64(min(depthLimit &- depth, Self.levels))
        var place = Place(at: at)
        while true {
            place = place.afterUsual(bytes, full: full)
            at = place.at
            switch place.kind {
            case .value:
                place.kind = try value(bytes, &place.open, full, depth)
            case .string:
                at = try close(bytes, at: at)
                place.kind = .end
            case .name:
                try name(bytes)
                place.kind = .value
            case .end:
                if place.open == Place.bottom { return }
                place.kind = try end(bytes, &place.open, place.closing)
            }
            place.at = at
        }
    }

    /// How many containers one place can have open; more are read by a call of their own.
    private static var levels: Int { 62 }

    /// Reads over a value, or over the beginning of a container and its first name.
    private mutating func value(
        _ bytes: Span<UInt8>, _ open: inout UInt64, _ full: UInt64, _ depth: Int
    ) throws(Fault) -> Place.Kind {
        let byte = next(bytes)
        guard byte | 0x20 == 0x7B else {  // '{' or '[', which differ in this bit.
            at = try byte == 0x22 ? string(bytes, from: at &+ 1) : scalar(bytes, from: at)
            return .end
        }
        guard open < full else {
            let depth = depth &+ Self.levels
            guard depth < depthLimit else { throw Fault(cause: .depth, offset: at) }
            try value(bytes, depth: depth)
            return .end
        }
        at &+= 1
        if next(bytes) == byte &+ 2 {  // '}' and ']' stand two places after '{' and '['.
            at &+= 1
            return .end
        }
        open = open &<< 1 | UInt64(byte &>> 5 & 1)
        if byte == 0x7B { try member(bytes) }
        return .value
    }

    /// Reads over a closing bracket, or over a comma and the name after it.
    private mutating func end(
        _ bytes: Span<UInt8>, _ open: inout UInt64, _ closing: UInt8
    ) throws(Fault) -> Place.Kind {
        let byte = next(bytes)
        guard byte == 0x2C || byte == closing else {
            throw Fault(cause: .separator, offset: at)
        }
        at &+= 1
        if byte == closing {
            open &>>= 1
            return .end
        }
        _ = next(bytes)
        if open & 1 == 1 { try member(bytes) }
        return .value
    }

    /// Reads over a member name and its colon.
    private mutating func member(_ bytes: Span<UInt8>) throws(Fault) {
        guard bytes.byte(at) == 0x22 else { throw Fault(cause: .key, offset: at) }
        at &+= 1
        try name(bytes)
    }

    /// Reads over the rest of a member name and its colon.
    private mutating func name(_ bytes: Span<UInt8>) throws(Fault) {
        at = try string(bytes, from: at)
        guard next(bytes) == 0x3A else { throw Fault(cause: .colon, offset: at) }
        at &+= 1
    }

    /// Reads over white space up to the end of the text.
    mutating func finish(_ bytes: Span<UInt8>) throws(Fault) {
        if at < bytes.count { _ = next(bytes) }
        guard at == bytes.count else { throw Fault(cause: .trailing, offset: at) }
    }
}
