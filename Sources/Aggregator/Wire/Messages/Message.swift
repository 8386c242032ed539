/// One JSON-RPC message: its bytes exactly as they came, and where routing finds what it needs.
///
/// Nothing is decoded. Everything that routing does not name passes untouched, whatever it holds:
/// repeated keys in payloads, lone surrogate escapes, numbers of any size and spelling.
///
/// A class because it is handed on a dozen times on its way and never changes.
package final class Message: Sendable {
    /// What a message is, decided by the presence of `method`, then of `id` (JSON-RPC 2.0 §4, §5).
    package enum Kind: UInt8, Sendable, Hashable {
        /// Has a method and an id, and wants an answer.
        case request
        /// Has a method and no id.
        case notification
        /// The answer to a request that succeeded.
        case result
        /// The answer to a request that failed; its id may be missing or null (JSON-RPC 2.0 §5).
        case error
    }

    /// The bytes as they came.
    package let bytes: [UInt8]
    private let outline: Outline

    /// Reads one message in one pass and refuses what two readers could understand differently.
    ///
    /// Refused besides malformed JSON and UTF-8: a `jsonrpc` other than "2.0", an id that is neither
    /// string nor number, parameters that are no object, a message that is both call and response or
    /// neither, and a repeated key on the routing path.
    package init(scanning bytes: [UInt8], limits: Limits = .standard) throws(Rejection) {
        guard bytes.count <= limits.bytes else {
            throw Rejection(oversized: bytes, limits: limits)
        }
        do throws(Fault) {
            var scan = EnvelopeScanner(depthLimit: limits.depth)
            try scan.message(bytes.span)
            outline = scan.found
            self.bytes = bytes
        } catch {
            throw Rejection(error, in: bytes)
        }
    }
}

extension Message {
    /// What it is.
    package var kind: Kind { outline.kind }

    /// The method; `other` when no revision names it, `absent` on responses.
    package var method: Method { outline.method }

    /// The name of the method, inside the quotes, escapes as they came.
    package var methodName: Extent? { outline.methodName.extent }

    /// The exact token of the id, with its quotes: `1`, `"1"`, `1.0`, `9223372036854775808`.
    package var id: Extent? { outline.id.extent }

    /// The whole value of `params`.
    package var params: Extent? { outline.params.extent }

    /// The whole value of `result`.
    package var result: Extent? { outline.result.extent }

    /// The whole value of `error`.
    package var error: Extent? { outline.error.extent }

    /// The whole value of `params.name`, with its quotes when it is a string.
    package var name: Extent? { outline.name.extent }

    /// The whole value of `params.uri`, with its quotes when it is a string.
    package var uri: Extent? { outline.uri.extent }

    /// The whole value of `params.arguments`.
    package var arguments: Extent? { outline.arguments.extent }

    /// The whole value of `params._meta`.
    package var meta: Extent? { outline.meta.extent }

    /// The whole value of `params._meta.progressToken`: the token a request asks progress with.
    package var progressToken: Extent? { outline.progressToken.extent }

    /// The whole value of `params._meta["io.modelcontextprotocol/protocolVersion"]`: a request that
    /// has it brings its own envelope and needs no session (MCP 2026-07-28).
    package var protocolVersion: Extent? { outline.protocolVersion.extent }

    /// The whole value of `params.progressToken`: the token that `notifications/progress` reports on.
    package var reportedToken: Extent? { outline.reportedToken.extent }

    /// The whole value of `params.requestId`: what `notifications/cancelled` names.
    package var requestId: Extent? { outline.requestId.extent }

    /// Whether a raw carriage return or line feed stands between tokens, which a line cannot carry.
    package var hasLineBreaks: Bool { outline.hasLineBreaks }

    /// The bytes of an extent of this message, sharing its storage.
    package subscript(_ extent: Extent) -> ArraySlice<UInt8> { bytes[extent.range] }

    /// A walker over the value at an extent of this message.
    package func value(_ extent: Extent) -> Value { Value(bytes, extent) }
}

/// What one scan found, without the bytes: trivial to copy.
struct Outline: Sendable {
    var kind = Message.Kind.request
    var method = Method.absent
    var hasLineBreaks = false
    var methodName = Slot()
    var id = Slot()
    var params = Slot()
    var result = Slot()
    var error = Slot()
    var name = Slot()
    var uri = Slot()
    var arguments = Slot()
    var meta = Slot()
    var progressToken = Slot()
    var reportedToken = Slot()
    var requestId = Slot()
    var protocolVersion = Slot()
}
