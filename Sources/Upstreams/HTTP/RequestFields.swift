import Aggregator
import Machine
import Wire

/// Makes the headers of a request to an MCP endpoint; nothing in them comes from a client's own.
struct RequestFields: Sendable {
    /// What the configuration says is sent with every request.
    let headers: [(name: String, value: String)]
    /// Whether requests of every era name the session, which says where they go.
    var namesEverySession = false

    /// What is known of the conversation.
    struct Context: Sendable {
        /// Of the session; nil before there is one, and for servers without.
        var session: String?
        /// What was negotiated; nil before.
        var revision: Revision?
    }

    private static let both = "application/json, text/event-stream"

    /// The headers of a message that is posted.
    ///
    /// `parameters` are those of the tool that it calls.
    func post(
        _ message: Message, _ context: Context, _ parameters: (String) -> HeaderParameters?
    ) -> [(name: String, value: String)] {
        var fields = headers
        fields.append(("Content-Type", "application/json"))
        fields.append(("Accept", Self.both))
        guard isModern(message, context) else {
            // A handshake says its version itself, and belongs to no session.
            if message.method != .initialize { fields += Self.legacy(context) }
            return fields
        }
        fields.append(("MCP-Protocol-Version", Revision.newestModern.rawValue))
        if namesEverySession, let session = context.session {
            fields.append(("Mcp-Session-Id", session))
        }
        if let name = message.methodName {
            fields.append(("Mcp-Method", String(decoding: message[name], as: UTF8.self)))
        }
        guard let subject = subject(of: message) else { return fields }
        fields.append(("Mcp-Name", String(decoding: HeaderText.encode(subject), as: UTF8.self)))
        let name = String(decoding: subject, as: UTF8.self)
        if message.method == .toolsCall, let arguments = message.arguments,
            let parameters = parameters(name)
        {
            fields += parameters.headers(for: message.value(arguments)).map { header in
                ("Mcp-Param-\(header.name)", String(decoding: header.value, as: UTF8.self))
            }
        }
        return fields
    }

    /// The headers of a request for events.
    func get(_ context: Context, after event: String?) -> [(name: String, value: String)] {
        var fields = headers
        fields.append(("Accept", "text/event-stream"))
        fields += Self.legacy(context)
        if let event { fields.append(("Last-Event-ID", event)) }
        return fields
    }

    /// The headers of the request that ends a session.
    func delete(_ context: Context) -> [(name: String, value: String)] {
        headers + Self.legacy(context)
    }

    /// Before anything is negotiated, only a probe is of the newer kind.
    private func isModern(_ message: Message, _ context: Context) -> Bool {
        message.method == .discover
            || message.method != .initialize && context.revision?.isModern == true
    }

    /// The name or URI that the message is about; it is the server's own, not the published one.
    private func subject(of message: Message) -> [UInt8]? {
        let extent: Extent? =
            switch message.method {
            case .toolsCall, .promptsGet: message.name
            case .resourcesRead: message.uri
            default: nil
            }
        return extent.flatMap { message.value($0).text }
    }

    private static func legacy(_ context: Context) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        if let revision = context.revision, revision.hasVersionHeader {
            fields.append(("MCP-Protocol-Version", revision.rawValue))
        }
        if let session = context.session { fields.append(("Mcp-Session-Id", session)) }
        return fields
    }
}
