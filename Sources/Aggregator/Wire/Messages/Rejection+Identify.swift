extension Rejection {
    /// An id longer than this is not repeated in an error.
    private static let longestID = 4096

    /// Looks for the id in the readable beginning of something that is no message, so that whoever
    /// waits for an answer gets one: what stands before the mistake, or before the cut.
    ///
    /// Bad UTF-8 and repeated keys are read over. An id that came twice is no id.
    package static func identify(head: [UInt8]) -> (id: [UInt8]?, isResponse: Bool) {
        var scan = EnvelopeScanner(depthLimit: Limits.standard.depth, isLenient: true)
        do throws(Fault) {
            try scan.envelope(head.span)
        } catch {
            // Expected: what was found up to here is all there is.
        }
        let keys = scan.keys
        let answers = keys.contains(.result) || keys.contains(.error)
        return (scan.identifier(in: head, longest: longestID), answers && !keys.contains(.method))
    }

    /// The rejection of a message that has more bytes than the limit.
    init(oversized bytes: [UInt8], limits: Limits) {
        let found = Self.identify(head: Array(bytes.prefix(Self.longestID)))
        self.init(
            code: .size,
            reason: "The message has \(bytes.count) bytes; the limit is \(limits.bytes).",
            id: found.id, isResponse: found.isResponse)
    }

    /// The rejection for what a scanner stumbled over.
    init(_ fault: Fault, in bytes: [UInt8]) {
        let found = Self.identify(head: bytes)
        self.init(
            code: fault.code, reason: fault.sentence, id: found.id, isResponse: found.isResponse,
            isEmpty: fault.cause == .missing, offset: fault.offset)
    }
}

extension EnvelopeScanner {
    /// The bytes of the id, if it is one and surely whole: a token that touches the end may be cut.
    fileprivate func identifier(in head: [UInt8], longest: Int) -> [UInt8]? {
        guard let id = found.id.extent, !hasTwoIds, id.range.upperBound < head.count,
            id.count <= longest
        else { return nil }
        switch head[id.range.lowerBound] {
        case 0x22, 0x2D, 0x30...0x39:
            // Read leniently up to here, but it goes into an answer: only a valid token may.
            let token = Array(head[id.range])
            return (try? Value(validating: token)) == nil ? nil : token
        default: return nil
        }
    }
}
