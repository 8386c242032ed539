/// What one line or one body carries: a message, or a batch of them (revision 2025-03-26 only).
package enum Frame: Sendable {
    /// One message.
    case message(Message)
    /// An array of messages, each judged for itself.
    case batch([Result<Message, Rejection>])

    /// Reads a frame.
    ///
    /// Throws when the text as a whole is malformed, or the batch empty or too long; a bad message
    /// in a well-formed batch spoils only itself (JSON-RPC 2.0 §6).
    package init(scanning bytes: [UInt8], limits: Limits = .standard) throws(Rejection) {
        if bytes.count <= limits.bytes, Self.isArray(bytes) {
            self = .batch(try Self.messages(in: bytes, limits: limits))
        } else {
            self = .message(try Message(scanning: bytes, limits: limits))
        }
    }

    private static func isArray(_ bytes: [UInt8]) -> Bool {
        if bytes.first == 0x7B { return false }
        var scanner = Scanner(depthLimit: 0)
        return scanner.next(bytes.span) == 0x5B
    }

    private static func messages(
        in bytes: [UInt8], limits: Limits
    ) throws(Rejection) -> [Result<Message, Rejection>] {
        let whole = try Value(validating: bytes, limits: limits)
        var messages: [Result<Message, Rejection>] = []
        for element in whole.elements {
            guard messages.count < limits.batch else {
                throw Rejection(
                    code: .batch, reason: "A batch may hold at most \(limits.batch) messages.")
            }
            messages.append(
                Result { () throws(Rejection) in
                    try Message(scanning: element.copy(), limits: limits)
                })
        }
        guard !messages.isEmpty else {
            throw Rejection(code: .batch, reason: "A batch must hold at least one message.")
        }
        return messages
    }
}
