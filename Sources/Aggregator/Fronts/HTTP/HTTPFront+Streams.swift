import Aggregator
import Machine
import Wire

extension HTTPFront {
    /// A GET: reads what belongs to no request, or goes on reading a stream that broke off
    /// (MCP 2025-11-25, "Listening for Messages from the Server").
    func read(_ exchange: HTTPExchange, _ principal: Principal) async {
        guard let session = legacySession(of: exchange, principal) else { return }
        guard Accepted(exchange.head.fields).takes(.events) else {
            return exchange.fail(
                .notAcceptable, code: -32600, "The header 'Accept' must list 'text/event-stream'.")
        }
        session.entered()
        defer { session.left() }
        let last = exchange.head.fields[.lastEventId].flatMap { Self.place($0.text) }
        exchange.begin(.ok, Self.fields)
        if let stream = session.stream(last?.stream ?? 0) {
            await follow(stream, exchange, after: last?.event)
        }
        // Of a stream that nobody keeps any more, nothing is left to say.
        exchange.end()
    }

    private func follow(
        _ stream: EventStream, _ exchange: HTTPExchange, after last: Int?
    ) async {
        let reader = StreamReader(exchange)
        exchange.onClose { reader.over.raise() }
        // Without a place to go on from, what was missed so far is told.
        stream.attach(reader, after: last ?? 0)
        await reader.over.wait(after: 0)
        stream.detach(reader)
    }

    /// The stream and the event of it that an id names.
    private static func place(_ id: String) -> (stream: Int, event: Int)? {
        let parts = id.split(separator: "-")
        guard parts.count == 2, let stream = Int(parts[0]), let event = Int(parts[1]) else {
            return nil
        }
        return (stream, event)
    }

    /// A DELETE: the client needs its session no more.
    func end(_ exchange: HTTPExchange, _ principal: Principal) {
        guard legacySession(of: exchange, principal) != nil else { return }
        if let token = exchange.head.fields[.mcpSessionId] { sessions.end(Array(token.bytes)) }
        exchange.respond(.ok)
    }

    /// The session that a request without a body is about; nil when it was answered with why not.
    private func legacySession(
        of exchange: HTTPExchange, _ principal: Principal
    ) -> HTTPSession? {
        let fields = exchange.head.fields
        let version = fields[.mcpProtocolVersion]?.text
        let isModern = version.map { $0 >= Revision.july2026.rawValue } ?? false
        guard !isModern, let token = fields[.mcpSessionId] else {
            exchange.say(
                .methodNotAllowed, "Without a session only POST is of use here.\n",
                [.allow: "POST"])
            return nil
        }
        guard let session = sessions.find(Array(token.bytes), of: principal) else {
            exchange.fail(
                .notFound, code: -32600, "The session is not known, or over. Send 'initialize'.")
            return nil
        }
        return session
    }

    private static let fields: Fields = [
        .contentType: "text/event-stream", .cacheControl: "no-cache, no-transform",
        .xAccelBuffering: "no",
    ]
}
