import Aggregator
import Machine
import Wire

extension HTTPFront {
    /// A message, or for 2025-03-26 an array of them.
    func post(_ exchange: HTTPExchange, _ principal: Principal) async {
        let fields = exchange.head.fields
        if let name = Self.single.first(where: { fields.count(of: $0) > 1 }) {
            return exchange.fail(
                .badRequest, code: -32600, "The header '\(name.text)' is there more than once.")
        }
        guard Accepted.isOfType(.json, fields) else {
            return exchange.fail(
                .badRequest, code: -32600, "The header 'Content-Type' must be 'application/json'.")
        }
        if let coding = fields[.contentEncoding]?.text, coding.lowercased() != "identity" {
            return exchange.fail(
                .unsupportedMediaType, code: -32600,
                "The coding '\(coding.prefix(60))' of the body is not read here.")
        }
        let accepted = Accepted(fields)
        guard accepted.takes(.json), accepted.takes(.events) else {
            return exchange.fail(
                .notAcceptable, code: -32600,
                "The header 'Accept' must list 'application/json' and 'text/event-stream'.")
        }
        do throws(Rejection) {
            switch try Frame(scanning: exchange.body, limits: hub.limits) {
            case .message(let message): await post(message, exchange, principal)
            case .batch(let batch): await legacy(.batch(batch), exchange, principal)
            }
        } catch {
            let code = error.rpcCode
            exchange.fail(
                .badRequest, code: code,
                (code == -32700 ? "Parse error: " : "Invalid request: ") + error.reason,
                id: error.isResponse ? nil : error.id?[...])
        }
    }

    /// Fields of which a second one would make two readers see two requests.
    private static let single: [FieldName] = [
        .contentType, .contentEncoding, .mcpSessionId, .mcpProtocolVersion,
    ]

    /// The era of a message is what it says itself, in its header or its envelope (MCP 2026-07-28,
    /// "Backward compatibility").
    private func post(
        _ message: Message, _ exchange: HTTPExchange, _ principal: Principal
    ) async {
        let version = exchange.head.fields[.mcpProtocolVersion]?.text
        let isModern = version.map { $0 >= Revision.july2026.rawValue } ?? false
        if isModern || message.protocolVersion != nil && message.method != .initialize {
            await modern(message, exchange, principal)
        } else {
            await legacy(.message(message), exchange, principal)
        }
    }

    // MARK: 2026-07-28

    private func modern(
        _ message: Message, _ exchange: HTTPExchange, _ principal: Principal
    ) async {
        let id = message.id.map { message[$0] }
        switch message.kind {
        case .result, .error:
            return exchange.fail(
                .badRequest, code: -32600,
                "Invalid request: nothing was asked, so nothing is answered.")
        // Nothing that a client tells in this revision needs more than closing its exchange.
        case .notification: return exchange.respond(.accepted)
        case .request: break
        }
        do throws(Failure) {
            try MessageHeaders(exchange.head.fields, hub).check(message)
            guard message.protocolVersion != nil else { throw Envelope.missing }
        } catch {
            let answer = Answer(error, to: .other, for: .newestModern)
            return exchange.fail(.badRequest, answer, id: id)
        }
        await serve(message, exchange, principal)
    }

    /// Serves a request until it is answered; a client that goes away does not want the answer.
    private func serve(
        _ message: Message, _ exchange: HTTPExchange, _ principal: Principal
    ) async {
        let channel = PostChannel(exchange, .modern(message.method), hub.services.time)
        defer { leave(channel) }
        // Called on this thread, and no more once the handler, which is this task, has returned.
        TaskHandle.withCurrent { task in
            exchange.onClose { task?.cancel() }
            enter(channel) {
                let answer = Answer(
                    .stopping(message.method), to: message.method, for: .newestModern)
                if let id = message.id { channel.answer(answer, id: message[id]) }
                task?.cancel()
            }
        }
        await hub.serve(message, for: principal, over: channel)
    }

    // MARK: Revisions with sessions

    private func legacy(
        _ frame: Frame, _ exchange: HTTPExchange, _ principal: Principal
    ) async {
        let fields = exchange.head.fields
        if let version = fields[.mcpProtocolVersion]?.text,
            Revision(rawValue: version).map(\.isModern) ?? true
        {
            guard !frame.isBatch || Revision(rawValue: version) == nil else {
                return exchange.fail(
                    .badRequest, code: -32600,
                    "Invalid request: the protocol version '\(version)' has no arrays of messages; "
                        + "send each with a POST of its own.")
            }
            return exchange.fail(
                .badRequest, code: -32600,
                "The protocol version '\(version.prefix(100))' is not spoken here; these are: "
                    + Revision.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        if case .message(let message) = frame, message.method == .initialize {
            return await open(message, exchange, principal)
        }
        guard !frame.opensAmongOthers else {
            return exchange.fail(
                .badRequest, code: -32600,
                "Invalid request: 'initialize' must be sent by itself, not in an array.")
        }
        guard let token = fields[.mcpSessionId].map({ Array($0.bytes) }) else {
            return exchange.fail(
                .badRequest, code: -32600,
                "Send 'initialize' first, and its 'Mcp-Session-Id' with every later request.",
                id: frame.id)
        }
        guard let session = sessions.find(token, of: principal) else {
            return exchange.fail(
                .notFound, code: -32600, "The session is not known, or over. Send 'initialize'.",
                id: frame.id)
        }
        if case .batch(let batch) = frame,
            batch.isEmpty || !session.session.envelope.revision.allowsBatches
        {
            return exchange.fail(
                .badRequest, code: -32600,
                "Invalid request: an array of messages is not part of this protocol revision.")
        }
        await hand(frame, to: session, exchange)
    }

    /// A request that opens a session; the token of it goes with the answer.
    private func open(
        _ message: Message, _ exchange: HTTPExchange, _ principal: Principal
    ) async {
        do throws(Failure) {
            let envelope = try Envelope(opening: message, principal: principal)
            let (session, token) = sessions.open(envelope)
            var fields: Fields = [:]
            if let value = FieldValue(token) { fields.set(.mcpSessionId, value) }
            await hand(.message(message), to: session, exchange, fields)
        } catch {
            exchange.fail(.ok, Answer(error, to: .initialize), id: message.id.map { message[$0] })
        }
    }

    private func hand(
        _ frame: Frame, to session: HTTPSession, _ exchange: HTTPExchange, _ fields: Fields = [:]
    ) async {
        session.entered()
        defer { session.left() }
        guard frame.hasRequest else {
            await withDiscardingTaskGroup { session.session.receive(frame, in: &$0) }
            return exchange.respond(.accepted)
        }
        let revision = session.session.envelope.revision
        let channel = PostChannel(
            exchange, .legacy(session, primes: revision.primesStreams), fields: fields,
            hub.services.time)
        enter(channel)
        session.opened(channel)
        defer {
            session.closed(channel)
            leave(channel)
        }
        // The client may go away and come back for the answer: that is no cancellation.
        await withDiscardingTaskGroup { group in
            session.session.receive(frame, over: channel, in: &group)
        }
    }
}

extension Frame {
    /// Whether anybody waits for an answer to it.
    fileprivate var hasRequest: Bool {
        switch self {
        case .message(let message): message.kind == .request
        case .batch(let batch):
            batch.isEmpty
                || batch.contains { element in
                    switch element {
                    case .success(let message): message.kind == .request
                    case .failure(let rejection): !rejection.isResponse
                    }
                }
        }
    }

    fileprivate var isBatch: Bool {
        if case .batch = self { true } else { false }
    }

    /// Whether it is an array that would open a session (MCP 2025-03-26, "Initialization").
    fileprivate var opensAmongOthers: Bool {
        guard case .batch(let batch) = self else { return false }
        return batch.contains { element in
            if case .success(let message) = element { message.method == .initialize } else { false }
        }
    }

    /// The id that an error about it carries.
    fileprivate var id: ArraySlice<UInt8>? {
        guard case .message(let message) = self, message.kind == .request else { return nil }
        return message.id.map { message[$0] }
    }
}
