/// Reads requests out of a stream of bytes: the strict grammar of HTTP/1.1 (RFC 9112) as a value.
///
/// What two readers could understand differently is refused, for that is how one request becomes
/// two behind a proxy. However the stream is cut, the events are the same.
package struct RequestParser: Sendable {
    /// What the bytes turned out to be.
    package enum Event: Sendable {
        /// A request begins.
        case head(RequestHead)
        /// These of the bytes that were given belong to the body.
        case body(Range<Int>)
        /// The request is complete; what follows belongs to the next.
        case end
        /// Nothing more can be read; the answer is the refusal's status, then the connection ends.
        case refused(Refusal)
    }

    private enum State: Sendable {
        case head
        case body(remaining: Int)
        case chunks(ChunkParser)
        case refused
    }

    private let limits: RequestLimits
    private var state = State.head
    private var head: HeadParser

    /// A parser at the beginning of a connection.
    package init(limits: RequestLimits = .standard) {
        self.limits = limits
        head = HeadParser(limits)
    }

    /// Whether nothing of a request has come yet.
    package var isBetweenRequests: Bool {
        if case .head = state { return head.isEmpty }
        return false
    }

    /// Whether a head has come and its body not wholly.
    package var isInBody: Bool {
        switch state {
        case .head, .refused: false
        case .body, .chunks: true
        }
    }

    /// The next event in `bytes` from offset `at`, which is moved behind what was read; nil when all
    /// is read and more must come.
    ///
    /// A head is kept here until it is whole; bytes of a body are never copied.
    package mutating func next(_ bytes: Span<UInt8>, from at: inout Int) -> Event? {
        do throws(Refusal) {
            switch state {
            case .head: return try readHead(bytes, &at)
            case .body(let remaining): return readBody(remaining, bytes, &at)
            case .chunks(var chunks):
                let event = try chunks.next(bytes, &at)
                state = .chunks(chunks)
                if case .end = event { state = .head }
                return event
            case .refused: return nil
            }
        } catch {
            state = .refused
            head = HeadParser(limits)
            return .refused(error)
        }
    }

    private mutating func readHead(_ bytes: Span<UInt8>, _ at: inout Int) throws(Refusal) -> Event?
    {
        guard let found = try head.next(bytes, &at) else { return nil }
        switch found.framing {
        case .length(let count): state = .body(remaining: count)
        case .chunked: state = .chunks(ChunkParser(limits))
        }
        return .head(found)
    }

    private mutating func readBody(_ remaining: Int, _ bytes: Span<UInt8>, _ at: inout Int)
        -> Event?
    {
        if remaining == 0 {
            state = .head
            return .end
        }
        let count = min(remaining, bytes.count - at)
        guard count > 0 else { return nil }
        defer { at += count }
        state = .body(remaining: remaining - count)
        return .body(at..<(at + count))
    }
}
