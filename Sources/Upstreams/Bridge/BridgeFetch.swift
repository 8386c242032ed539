import Wire

/// Posts for the next line of a child behind mcp-agentcore-server: they have an id, so that the bridge
/// waits for a line, and the child says nothing to them.
///
/// A reply to nobody is passed over in silence by most servers; the Python SDK 1.x complains, but
/// is silent about a notification with an id that is none. Others may not survive that one.
struct BridgeFetch: Sendable {
    /// How many there have been.
    private(set) var count = 0
    /// Whether the child has complained of a reply that it did not ask for.
    private var mindsReplies = false

    /// The next one.
    mutating func next() -> [UInt8] {
        count += 1
        let text =
            mindsReplies
            ? #"{"jsonrpc":"2.0","id":false,"method":"notifications/cancelled","#
                + #""params":{"requestId":"manifold/fetch"}}"#
            : #"{"jsonrpc":"2.0","id":"manifold/fetch-\#(count)","result":{}}"#
        return Array(text.utf8)
    }

    /// Whether a line of the child is for anybody else: what it says to these posts is not.
    mutating func admits(_ message: Message) -> Bool {
        guard count > 0 else { return true }
        switch message.kind {
        case .error:
            // Without an id it may be about a post of ours.
            guard let id = message.id else { return false }
            return !isOurs(message[id])
        case .notification: return !complains(message)
        case .request, .result: return true
        }
    }

    private func isOurs(_ id: ArraySlice<UInt8>) -> Bool {
        id.starts(with: #""manifold/fetch-"#.utf8) || id.elementsEqual("false".utf8)
    }

    /// The Python SDK 1.x says this, and no more, about a reply that it did not ask for.
    private mutating func complains(_ message: Message) -> Bool {
        guard message.method == .message, let params = message.params,
            message.value(params)["logger"]?.isText("mcp.server.exception_handler") == true
        else { return false }
        mindsReplies = true
        return true
    }
}
