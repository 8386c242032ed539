/// What is wrong with the bytes of one message, and whom to tell.
package struct Rejection: Error, Sendable, Hashable {
    /// What kind of mistake it is.
    package enum Code: Sendable, Hashable, CaseIterable {
        /// Not JSON (RFC 8259).
        case syntax
        /// Not UTF-8 (RFC 3629).
        case encoding
        /// More levels of nesting than the limit.
        case depth
        /// More bytes than the limit.
        case size
        /// JSON, but neither an object nor a batch.
        case notAnObject
        /// `jsonrpc` is missing or not `"2.0"`.
        case version
        /// `id` is missing where it is needed, or neither a string nor a number.
        case identifier
        /// `method` is not a string.
        case method
        /// A key that routing reads is there twice, or with another one that some would take for it.
        case duplicateKey
        /// A member has the wrong type, or a response has not exactly one of result and error.
        case shape
        /// An empty batch, or one with too many messages.
        case batch
    }

    /// What kind of mistake it is.
    package let code: Code
    /// A sentence that names the offset; of the content it shows at most the name of a key.
    package let reason: String
    /// The exact token of the id, when it could still be read.
    package let id: [UInt8]?
    /// Whether the message had a result or an error and no method, as far as could be read.
    package let isResponse: Bool
    /// Whether it is a whole message that is neither a call nor an answer: no method, no result, no
    /// error.
    package let isEmpty: Bool
    /// Where the first byte is that is wrong, for mistakes that have a place.
    package let offset: Int?

    /// A rejection as it stands.
    package init(
        code: Code, reason: String, id: [UInt8]? = nil, isResponse: Bool = false,
        isEmpty: Bool = false, offset: Int? = nil
    ) {
        self.code = code
        self.reason = reason
        self.id = id
        self.isResponse = isResponse
        self.isEmpty = isEmpty
        self.offset = offset
    }

    /// The code of the JSON-RPC error that answers it (JSON-RPC 2.0 §5.1).
    package var rpcCode: Int {
        switch code {
        case .syntax, .encoding, .depth: -32700
        case .size, .notAnObject, .version, .identifier, .method, .duplicateKey, .shape, .batch:
            -32600
        }
    }
}
