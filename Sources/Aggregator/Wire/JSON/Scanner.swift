/// A strict reader of JSON text (RFC 8259) that builds nothing: it only says where values end.
///
/// One pass, no heap, one level of recursion for 64 of nesting. The bytes are handed to every call
/// instead of being kept, because a span cannot be stored.
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
        let byte = bytes.byte(at)
        if byte > 0x20 { return byte }
        at = space(bytes, from: at)
        return bytes.byte(at)
    }

    /// The offset of the first byte from `offset` that is not white space.
    @inline(never)
    private mutating func space(_ bytes: Span<UInt8>, from offset: Int) -> Int {
        var at = offset
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
    @inline(__always)
    mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(Fault) {
        switch bytes.byte(at) {
        case 0x22: at = try string(bytes, from: at &+ 1)
        case 0x7B, 0x5B: try container(bytes, depth: depth)
        default: at = try scalar(bytes, from: at)
        }
    }

    /// Reads over one object or array.
    ///
    /// The flat loop is the whole grammar of RFC 8259 §2 to §5.
    @inline(never)
    private mutating func container(_ bytes: Span<UInt8>, depth base: Int) throws(Fault) {
        var depth = base
        var open: UInt64 = 0  // One bit per open container: 1 is an object.
        values: while true {
            let byte = bytes.byte(at)
            if byte == 0x22 {
                at = try string(bytes, from: at &+ 1)
            } else if byte == 0x7B || byte == 0x5B {
                guard depth < depthLimit else { throw Fault(cause: .depth, offset: at) }
                if depth &- base == 64 {
                    try container(bytes, depth: depth)
                } else {
                    depth &+= 1
                    open = open &<< 1 | (byte == 0x7B ? 1 : 0)
                    at &+= 1
                    let first = next(bytes)
                    if first != byte &+ 2 {  // '}' and ']' stand two places after '{' and '['.
                        if byte == 0x7B { try memberName(bytes, first) }
                        continue values
                    }
                    close(&depth, &open)
                }
            } else {
                at = try scalar(bytes, from: at)
            }
            while depth > base {
                let byte = next(bytes)
                if byte == 0x2C {
                    at &+= 1
                    let first = next(bytes)
                    if open & 1 == 1 { try memberName(bytes, first) }
                    continue values
                }
                guard byte == (open & 1 == 1 ? 0x7D : 0x5D) else {
                    throw Fault(cause: .separator, offset: at)
                }
                close(&depth, &open)
            }
            return
        }
    }

    @inline(__always)
    private mutating func close(_ depth: inout Int, _ open: inout UInt64) {
        at &+= 1
        depth &-= 1
        open &>>= 1
    }

    /// Reads over a member name, its colon and the white space after it.
    @inline(__always)
    private mutating func memberName(_ bytes: Span<UInt8>, _ first: UInt8) throws(Fault) {
        guard first == 0x22 else { throw Fault(cause: .key, offset: at) }
        at = try string(bytes, from: at &+ 1)
        guard next(bytes) == 0x3A else { throw Fault(cause: .colon, offset: at) }
        at &+= 1
        _ = next(bytes)
    }

    /// Reads over white space up to the end of the text.
    mutating func finish(_ bytes: Span<UInt8>) throws(Fault) {
        _ = next(bytes)
        guard at == bytes.count else { throw Fault(cause: .trailing, offset: at) }
    }
}
