/// The single pass over a message: the envelope, `params` and `params._meta` member by member, and
/// everything else read over by `Scanner`.
struct EnvelopeScanner {
    var scanner: Scanner
    var found = Outline()
    /// The keys of the envelope so far; still of use when the scan fails.
    var keys = KeySet.envelope
    /// Whether the id came twice, which only a lenient scan survives.
    var hasTwoIds = false
    /// Whether the version of JSON-RPC is "2.0".
    private var isTwo = false
    /// What is in `params` that a careless reader would take for something that routing reads.
    var lookalike: Fault?

    /// A scanner for one message.
    init(depthLimit: Int, isLenient: Bool = false) {
        scanner = Scanner(depthLimit: depthLimit, isLenient: isLenient)
    }

    /// Reads the whole text as one message, the outline of which is then `found`.
    mutating func message(_ bytes: Span<UInt8>) throws(Fault) {
        try envelope(bytes)
        try scanner.finish(bytes)
        found.hasLineBreaks = scanner.hasLineBreaks
        guard isTwo else { throw Fault(cause: .version, offset: 0) }
        try found.classify(bytes, keys: keys)
        // What methods of others have in their parameters is theirs.
        if let lookalike, found.method != .other { throw lookalike }
    }

    /// Reads the top-level object.
    mutating func envelope(_ bytes: Span<UInt8>) throws(Fault) {
        guard scanner.next(bytes) == 0x7B else {
            let start = scanner.at
            // What is no JSON at all is a parse error; another value is JSON, but no message.
            try scanner.value(bytes, depth: 1)
            try scanner.finish(bytes)
            throw Fault(cause: .notAnObject, offset: start)
        }
        var isFirst = !startsUsually(bytes)
        var start = scanner.at
        while let member = try member(bytes, isFirst: isFirst) {
            isFirst = false
            if member.key == .other, let fault = likeness(bytes, start, Key.envelope) {
                throw fault
            }
            if !keys.insert(member.key) { try repeated(member) }
            if member.key == .params, bytes.byte(member.start) == 0x7B {
                try params(bytes)
            } else {
                try finish(member, bytes, depth: 1)
            }
            let value = Slot(member.start, scanner.at)
            switch member.key {
            case .jsonrpc: isTwo = Outline.isTwo(bytes, value)
            case .id: found.id = value
            case .method: found.methodName = value
            case .params: found.params = value
            case .result: found.result = value
            case .error: found.error = value
            default: break
            }
            start = scanner.at
        }
    }

    /// Reads over `{"jsonrpc":"2.0"`, with which nearly every message begins: two words.
    @inline(__always)
    private mutating func startsUsually(_ bytes: Span<UInt8>) -> Bool {
        let start = scanner.at
        guard bytes.word(start) == 0x7072_6E6F_736A_227B,
            bytes.word(start &+ 8) == 0x2230_2E32_223A_2263
        else { return false }
        _ = keys.insert(.jsonrpc)
        isTwo = true
        scanner.at = start &+ 16
        return true
    }

    private mutating func params(_ bytes: Span<UInt8>) throws(Fault) {
        var keys = KeySet.params
        var isFirst = true
        var start = scanner.at
        while let member = try member(bytes, isFirst: isFirst) {
            isFirst = false
            if member.key == .other, lookalike == nil {
                lookalike = likeness(bytes, start, Key.parameters)
            }
            if !keys.insert(member.key) { try repeated(member) }
            if member.key == .meta, bytes.byte(member.start) == 0x7B {
                try meta(bytes)
            } else {
                try finish(member, bytes, depth: 2)
            }
            let value = Slot(member.start, scanner.at)
            switch member.key {
            case .name: found.name = value
            case .uri: found.uri = value
            case .arguments: found.arguments = value
            case .meta: found.meta = value
            case .progressToken: found.reportedToken = value
            case .requestId: found.requestId = value
            default: break
            }
            start = scanner.at
        }
    }

    private mutating func meta(_ bytes: Span<UInt8>) throws(Fault) {
        var keys = KeySet.meta
        var isFirst = true
        while let member = try member(bytes, isFirst: isFirst) {
            isFirst = false
            if !keys.insert(member.key) { try repeated(member) }
            try finish(member, bytes, depth: 3)
            let value = Slot(member.start, scanner.at)
            switch member.key {
            case .progressToken: found.progressToken = value
            case .protocolVersion: found.protocolVersion = value
            default: break
            }
        }
    }
}
