extension Outline {
    /// Decides what the message is and refuses what is none (JSON-RPC 2.0 §4 to §5, MCP "Messages").
    mutating func classify(_ bytes: Span<UInt8>, keys: KeySet) throws(Fault) {
        let isResponse = keys.contains(.result) || keys.contains(.error)
        if keys.contains(.method) {
            guard !isResponse else { throw Fault(cause: .outcome, offset: 0) }
            try classifyCall(bytes)
        } else {
            guard isResponse else { throw Fault(cause: .missing, offset: 0) }
            try classifyResponse(bytes)
        }
    }

    private mutating func classifyCall(_ bytes: Span<UInt8>) throws(Fault) {
        guard let token = methodName.extent, bytes.byte(Int(token.lower)) == 0x22 else {
            throw Fault(cause: .method, offset: 0)
        }
        methodName = Slot(Int(token.lower) + 1, Int(token.upper) - 1)
        method = Method(bytes, from: Int(token.lower) + 1, to: Int(token.upper) - 1)
        if let id = id.extent {
            guard Self.isIdentifier(bytes, id) else {
                throw Fault(cause: .identifier, offset: Int(id.lower))
            }
            kind = .request
        } else {
            kind = .notification
        }
        if let params = params.extent, bytes.byte(Int(params.lower)) != 0x7B {
            throw Fault(cause: .parameters, offset: Int(params.lower))
        }
    }

    private mutating func classifyResponse(_ bytes: Span<UInt8>) throws(Fault) {
        guard result.isEmpty != error.isEmpty else { throw Fault(cause: .outcome, offset: 0) }
        if let error = error.extent, bytes.byte(Int(error.lower)) != 0x7B {
            throw Fault(cause: .errorShape, offset: Int(error.lower))
        }
        kind = error.isEmpty ? .result : .error
        if let id = id.extent, !Self.isIdentifier(bytes, id) {
            // Who could not read a request answers with a null id.
            guard kind == .error, bytes.byte(Int(id.lower)) == 0x6E else {
                throw Fault(cause: .identifier, offset: Int(id.lower))
            }
            self.id = Slot()
        }
        guard kind == .error || !id.isEmpty else { throw Fault(cause: .identifier, offset: 0) }
    }

    /// Whether a token is `"2.0"`, however it is spelled.
    static func isTwo(_ bytes: Span<UInt8>, _ value: Slot) -> Bool {
        guard let token = value.extent else { return false }
        let lower = Int(token.lower)
        let plain = bytes.word(lower) & 0xFF_FFFF_FFFF == 0x22_302E_3222
        if plain && token.count == 5 { return true }
        guard bytes.byte(lower) == 0x22 else { return false }
        let text = ShortText(bytes, from: lower + 1, to: Int(token.upper) - 1)
        return text.count == 3 && text.bytes.span.word(0) & 0xFF_FFFF == 0x30_2E32
    }

    /// Whether a token is a string or a number: by its first byte, since it is well formed.
    private static func isIdentifier(_ bytes: Span<UInt8>, _ token: Extent) -> Bool {
        switch bytes.byte(Int(token.lower)) {
        case 0x22, 0x2D, 0x30...0x39: true
        default: false
        }
    }
}
