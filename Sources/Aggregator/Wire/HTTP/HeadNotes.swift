/// What the fields of a head have said so far of those things on which the connection depends.
struct HeadNotes: Sendable {
    private enum Coding: Sendable {
        case none, chunked, unknown, malformed
    }

    private var host: Range<Int>?
    private var length: Int?
    private var coding = Coding.none
    private var isClosing = false
    private var isKeeping = false
    private var expectsContinue = false

    /// Takes notice of a field that has been found.
    mutating func notice(_ known: KnownField, _ bytes: Span<UInt8>, _ value: Range<Int>)
        throws(Refusal)
    {
        switch known {
        case .host:
            if host != nil { throw .hostRepeated }
            guard Host.isValid(bytes, value) else { throw .hostMalformed }
            host = value
        case .contentLength:
            if length != nil { throw .lengthRepeated }
            length = try Self.length(bytes, value)
        case .transferEncoding: notice(coding: bytes, value)
        case .connection:
            bytes.eachElement(of: value) { option in
                if bytes.spells("close", option) { isClosing = true }
                if bytes.spells("keep-alive", option) { isKeeping = true }
            }
        case .expect:
            guard bytes.spells("100-continue", value) else { throw .expectation }
            expectsContinue = true
        default: break
        }
    }

    /// Up to 18 digits, and nothing else: no sign, no list, no blank (RFC 9110 §8.6).
    private static func length(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(Refusal) -> Int {
        guard (1...18).contains(value.count) else { throw .lengthMalformed }
        var length = 0
        for at in value {
            let digit = bytes.byte(at) &- 0x30
            guard digit < 10 else { throw .lengthMalformed }
            length = length * 10 + Int(digit)
        }
        return length
    }

    /// Only `chunked`, once: a coding that one reader applies and the next one overlooks makes two
    /// requests of one (RFC 9112 §6.1, §11.2).
    private mutating func notice(coding bytes: Span<UInt8>, _ value: Range<Int>) {
        guard case .none = coding else {
            coding = .malformed
            return
        }
        if bytes.spells("chunked", value) {
            coding = .chunked
            return
        }
        var count = 0
        var chunkedAt: [Int] = []
        bytes.eachElement(of: value) { element in
            if bytes.spells("chunked", element) { chunkedAt.append(count) }
            count += 1
        }
        // Not knowing a coding is no fault of the client; not ending in chunks is.
        let isProper = !value.isEmpty && (chunkedAt.isEmpty || chunkedAt == [count - 1])
        coding = isProper && count > chunkedAt.count ? .unknown : .malformed
    }

    // MARK: The whole head

    /// Judges all of it together, and makes the head.
    func head(_ line: RequestLine, _ fields: Fields, _ limits: RequestLimits)
        throws(Refusal) -> RequestHead
    {
        try judgeHost(line, fields.bytes.span)
        let framing = try framing(line)
        if case .length(let count) = framing, count > limits.body { throw .bodyTooLarge }
        let isModern = line.minorVersion >= 1
        return RequestHead(
            method: line.kind, minorVersion: line.minorVersion, fields: fields, framing: framing,
            keepsAlive: !isClosing && (isModern || isKeeping),
            expectsContinue: expectsContinue && isModern && framing != .length(0), line: line)
    }

    private func judgeHost(_ line: RequestLine, _ bytes: Span<UInt8>) throws(Refusal) {
        guard let host else {
            if line.minorVersion >= 1 { throw .hostMissing }
            return
        }
        guard let authority = line.authority else { return }
        guard authority.count == host.count else { throw .authorityMismatch }
        for offset in 0..<host.count
        where lowered(bytes.byte(authority.lowerBound + offset))
            != lowered(bytes.byte(host.lowerBound + offset))
        {
            throw .authorityMismatch
        }
    }

    private func framing(_ line: RequestLine) throws(Refusal) -> RequestHead.Framing {
        if case .none = coding { return .length(length ?? 0) }
        if length != nil { throw .lengthAndCoding }
        if line.minorVersion < 1 { throw .codingOfOldVersion }
        switch coding {
        case .none, .chunked: return .chunked
        case .unknown: throw .codingUnknown
        case .malformed: throw .codingMalformed
        }
    }
}
