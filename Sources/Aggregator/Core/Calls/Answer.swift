package import Wire

/// What a request is answered with, before the client's id is put in.
package enum Answer: Sendable {
    /// An upstream's response, passed on; its id is replaced by the client's.
    case relayed(Draft)
    /// A result that was made here: the JSON of the `result` member, and whether an upstream has
    /// carried the request out all the same.
    case result([UInt8], executed: Failure.Executed = .unknown)
    /// An error that was made here: the JSON of the `error` member, and the same.
    case error([UInt8], executed: Failure.Executed = .unknown)

    /// The result that says nothing.
    package static let empty = Answer.result(Array("{}".utf8))

    /// Whether the client is told that its request failed.
    package var isError: Bool {
        switch self {
        case .relayed(let draft): draft.message.kind == .error
        case .result: false
        case .error: true
        }
    }

    /// Whether an upstream has carried the request out.
    package var executed: Failure.Executed {
        switch self {
        case .relayed: asks ? .unknown : .yes
        case .result(_, let executed), .error(_, let executed): executed
        }
    }

    /// Whether an upstream wants to know something before it goes on with the call (MCP 2026-07-28,
    /// "Input required").
    package var asks: Bool {
        guard case .relayed(let draft) = self, let result = draft.message.result else {
            return false
        }
        return draft.message.value(result)["resultType"]?.isText("input_required") == true
    }

    /// Appends the whole response line, without its newline, for the request `id`.
    package func write(id: ArraySlice<UInt8>, into buffer: inout [UInt8]) {
        switch self {
        case .relayed(var draft):
            guard let extent = draft.message.id else {
                return Self.write("error", Self.error(of: draft), id: id, into: &buffer)
            }
            if draft.isUnchanged {
                Draft.write(draft.message, replacing: extent, with: id, into: &buffer)
            } else {
                draft.replace(extent, with: id)
                draft.write(into: &buffer)
            }
        case .result(let result, _): Self.write("result", result, id: id, into: &buffer)
        case .error(let error, _): Self.write("error", error, id: id, into: &buffer)
        }
    }

    /// The error of a response without an id: over HTTP an upstream may refuse what it did not read
    /// (MCP, "Streamable HTTP"), and it is the answer to what was posted.
    private static func error(of draft: Draft) -> [UInt8] {
        let message = draft.isUnchanged ? draft.message : try? Message(scanning: draft.bytes)
        guard let message, let error = message.error else {
            return error(code: -32603, "The upstream's answer has no id.")
        }
        return Array(message[error])
    }

    private static func write(
        _ member: String, _ json: [UInt8], id: ArraySlice<UInt8>,
        into buffer: inout [UInt8]
    ) {
        buffer.reserveCapacity(buffer.count + json.count + id.count + 40)
        buffer.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
        buffer.append(contentsOf: id)
        buffer.append(contentsOf: #",""#.utf8)
        buffer.append(contentsOf: member.utf8)
        buffer.append(contentsOf: #"":"#.utf8)
        buffer.append(contentsOf: json)
        buffer.append(UInt8(ascii: "}"))
    }
}
