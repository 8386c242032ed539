/// What a request says before its body: the bytes that came, and where things stand in them.
package struct RequestHead: Sendable {
    /// How the end of the body is found.
    package enum Framing: Sendable, Hashable {
        /// So many bytes; 0 when there is no body.
        case length(Int)
        /// In chunks, the last of which is empty.
        case chunked
    }

    /// What is asked for.
    package let method: RequestMethod
    /// The version is HTTP/1.`minorVersion`: 0 or 1.
    package let minorVersion: Int
    /// The header fields.
    package let fields: Fields
    /// How the end of the body is found.
    package let framing: Framing
    /// Whether the client wants to use the connection again.
    package let keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    package let expectsContinue: Bool

    let line: RequestLine

    /// The method as it is spelled.
    package var methodName: String { String(decoding: fields.bytes[line.method], as: UTF8.self) }

    /// The path as it came, with its percent signs; `*` for `OPTIONS *`, never empty.
    package var path: ArraySlice<UInt8> {
        line.path.isEmpty ? [0x2F] : fields.bytes[line.path]
    }

    /// The same as a text.
    package var pathText: String {
        line.path.isEmpty ? "/" : String(decoding: fields.bytes[line.path], as: UTF8.self)
    }

    /// What follows the question mark, as it came; nil without one.
    package var query: ArraySlice<UInt8>? { line.query.map { fields.bytes[$0] } }
}

/// Where the parts of a request line stand in the bytes of a head.
struct RequestLine: Sendable {
    var method = 0..<0
    var kind = RequestMethod.other
    /// The authority of a target that is a whole URL.
    var authority: Range<Int>?
    /// Empty when such a target has none.
    var path = 0..<0
    var query: Range<Int>?
    var minorVersion = 1
}
