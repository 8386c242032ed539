/// Reads a body in chunks, byte by byte outside their data (RFC 9112 §7.1).
///
/// Sizes are hexadecimal digits and nothing else; extensions and trailers are judged, counted and
/// dropped, because nothing that stands in them may change what a request means.
struct ChunkParser: Sendable {
    private enum State: Sendable {
        case size, `extension`, sizeFeed
        case data(remaining: Int)
        case dataReturn, dataFeed
        case trailer(Trailer)
    }

    /// The most digits of a size: all that a 64-bit number has.
    private static let sizeDigits = 16

    private let limits: RequestLimits
    private var state = State.size
    private var size = 0
    private var digits = 0
    private var extensionBytes = 0
    private var bodyBytes = 0

    init(_ limits: RequestLimits) { self.limits = limits }

    /// The next event: bytes of the body, or its end; nil when more must come.
    mutating func next(_ bytes: Span<UInt8>, _ at: inout Int) throws(Refusal)
        -> RequestParser.Event?
    {
        while at < bytes.count {
            if case .data(let remaining) = state {
                let lower = at
                at += min(remaining, bytes.count - at)
                state =
                    at - lower == remaining
                    ? .dataReturn : .data(remaining: remaining - (at - lower))
                return .body(lower..<at)
            }
            let byte = bytes[at]
            at += 1
            if try isEnd(byte) { return .end }
        }
        return nil
    }

    /// Takes one byte of the framing; true when it is the body's last.
    private mutating func isEnd(_ byte: UInt8) throws(Refusal) -> Bool {
        switch state {
        case .size: try readSize(byte)
        case .extension: try readExtension(byte)
        case .sizeFeed:
            if byte != 0x0A { throw .bareReturn }
            try beginChunk()
        case .dataReturn:
            if byte != 0x0D { throw .chunkEnd }
            state = .dataFeed
        case .dataFeed:
            if byte != 0x0A { throw .chunkEnd }
            state = .size
        case .trailer(var trailer):
            let isEnd = try trailer.isEnd(byte, limits)
            state = .trailer(trailer)
            return isEnd
        case .data: break
        }
        return false
    }

    private mutating func readSize(_ byte: UInt8) throws(Refusal) {
        if let digit = hexadecimalDigit(byte) {
            digits += 1
            guard digits <= Self.sizeDigits, size <= Int.max >> 4 else { throw .chunkTooLarge }
            size = size << 4 | digit
        } else if digits == 0 {
            throw .chunkSize
        } else if byte == 0x0D {
            state = .sizeFeed
        } else if byte == 0x3B {
            try countExtension()
            state = .extension
        } else {
            throw byte == 0x0A ? .bareFeed : .chunkSize
        }
    }

    private mutating func readExtension(_ byte: UInt8) throws(Refusal) {
        if byte == 0x0D {
            state = .sizeFeed
        } else {
            guard isFieldText(byte) else { throw byte == 0x0A ? .bareFeed : .chunkExtension }
            try countExtension()
        }
    }

    private mutating func countExtension() throws(Refusal) {
        extensionBytes += 1
        if extensionBytes > limits.chunkExtensions { throw .chunkExtension }
    }

    private mutating func beginChunk() throws(Refusal) {
        if size > limits.body - bodyBytes { throw .bodyTooLarge }
        bodyBytes += size
        state = size == 0 ? .trailer(Trailer()) : .data(remaining: size)
        (size, digits) = (0, 0)
    }
}

/// The fields behind the last chunk.
struct Trailer: Sendable {
    private enum State: Sendable {
        case start, name, value, valueFeed, lastFeed
    }

    private var state = State.start
    private var bytes = 0
    private var fields = 0

    /// Takes one byte; true when it is the last.
    mutating func isEnd(_ byte: UInt8, _ limits: RequestLimits) throws(Refusal) -> Bool {
        bytes += 1
        // The empty line is none of the trailers.
        if bytes > limits.trailers + 2 || fields > limits.fields { throw .trailersTooLarge }
        switch state {
        case .start: try begin(byte)
        case .name: try readName(byte)
        case .value: try readValue(byte)
        case .valueFeed:
            if byte != 0x0A { throw .bareReturn }
            state = .start
        case .lastFeed:
            if byte != 0x0A { throw .bareReturn }
            return true
        }
        return false
    }

    private mutating func begin(_ byte: UInt8) throws(Refusal) {
        if byte == 0x0D {
            state = .lastFeed
        } else if isToken(byte) {
            fields += 1
            state = .name
        } else {
            throw Self.refusal(byte, blank: .folding)
        }
    }

    private mutating func readName(_ byte: UInt8) throws(Refusal) {
        if byte == 0x3A {
            state = .value
        } else if !isToken(byte) {
            throw Self.refusal(byte, blank: .spaceBeforeColon)
        }
    }

    private mutating func readValue(_ byte: UInt8) throws(Refusal) {
        if byte == 0x0D {
            state = .valueFeed
        } else if !isFieldText(byte) {
            throw Self.refusal(byte, blank: .control)
        }
    }

    private static func refusal(_ byte: UInt8, blank: Refusal) -> Refusal {
        switch byte {
        case 0x0A: .bareFeed
        case 0x20, 0x09: blank
        case 0x00..<0x20, 0x7F: .control
        default: .fieldName
        }
    }
}
