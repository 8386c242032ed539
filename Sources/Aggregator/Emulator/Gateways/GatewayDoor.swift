import Aggregator
import Machine
import Wire

/// What happens to one request at a gateway, from the door to the hub.
struct GatewayDoor: Sendable {
    let gateway: Gateway
    let gate: Gate
    let faults: Faults
    /// Where the gateway is, without `/mcp`.
    let base: String
    let issuer: String

    private var settings: GatewaySettings { gateway.settings }

    /// Answers a request below the gateway's address.
    func handle(_ exchange: HTTPExchange, _ path: String) async {
        let request = RequestName(gate.signatures.clock)
        if path == "/.well-known/oauth-protected-resource" {
            guard settings.access.mode == .jwt else { return exchange.answer(.notFound, []) }
            return exchange.answer(
                .ok, ResourceMetadata.json(resource: "\(base)/mcp", issuer: issuer))
        }
        let surface = Surface.rpc(id: Surface.id(exchange.body))
        do throws(EdgeFailure) {
            guard path == "/mcp" else {
                throw EdgeFailure(.unknownOperation, "A gateway has the path '/mcp'.")
            }
            guard exchange.head.method == .post else {
                throw EdgeFailure(.methodNotAllowed, "The method is not allowed here.")
            }
            let caller = try gate.admit(
                exchange, to: settings.name, settings.access,
                metadata: "\(base)/.well-known/oauth-protected-resource")
            if faults.take([.reset], for: settings.name) != nil { return exchange.abort() }
            if let fault = faults.take([.throttle], for: settings.name) {
                return throttle(exchange, fault, request)
            }
            try faults.strike(settings.name)
            try await serve(exchange, caller, request)
        } catch {
            exchange.refuse(error, surface, request)
        }
    }

    /// AgentCore, "Gateway throttling".
    private func throttle(
        _ exchange: HTTPExchange, _ fault: Faults.Fault, _ request: RequestName
    ) {
        let wait = max(1, fault.delay.components.seconds)
        let error = """
            {"code":-32003,"message":"Rate limit exceeded","data":{"limitKey":"gateway","metric":\
            "RequestCount","retryAfter":\(wait)}}
            """
        var bytes: [UInt8] = []
        Answer.error(Array(error.utf8)).write(id: Surface.id(exchange.body)[...], into: &bytes)
        var fields: Fields = [:]
        request.add(to: &fields)
        exchange.answer(.ok, bytes, fields)
    }

    // MARK: Messages

    private func serve(
        _ exchange: HTTPExchange, _ caller: EdgeCaller, _ request: RequestName
    ) async throws(EdgeFailure) {
        var fields: Fields = [:]
        request.add(to: &fields)
        guard let message = try? Message(scanning: exchange.body) else {
            throw EdgeFailure(.validation, "The payload is not a JSON-RPC message.")
        }
        try checkVersion(exchange.head.fields[.mcpProtocolVersion]?.text)
        let inside = Self.withoutCursor(message)
        if message.protocolVersion != nil, message.method != .initialize {
            return await pass(message, exchange, fields) { [gateway] channel in
                await gateway.hub.serve(inside, for: Principal(name: caller.name), over: channel)
            }
        }
        if message.method == .initialize {
            return try await initialize(message, exchange, caller, fields)
        }
        let session = try await session(exchange, caller, message)
        await pass(message, exchange, fields) { channel in
            await withDiscardingTaskGroup { group in
                session.session.receive(.message(inside), over: channel, in: &group)
            }
        }
    }

    /// The pages are ours: the hub is always asked for the whole of a list.
    private static func withoutCursor(_ message: Message) -> Message {
        guard let params = message.params, message.value(params)["cursor"] != nil else {
            return message
        }
        var draft = Draft(message)
        draft.remove(member: "cursor", of: params)
        return (try? Message(scanning: draft.bytes)) ?? message
    }

    private func checkVersion(_ version: String?) throws(EdgeFailure) {
        guard let version, !gateway.revisions.contains(where: { $0.rawValue == version }) else {
            return
        }
        throw EdgeFailure(
            .validation,
            "Unsupported MCP protocol version: \(version.prefix(40)). Supported: "
                + gateway.revisions.map(\.rawValue).joined(separator: ", "))
    }

    /// Lets a message in, unless it is one that the gateway answers itself.
    private func pass(
        _ message: Message, _ exchange: HTTPExchange, _ fields: Fields,
        to serve: (any Channel) async -> Void
    ) async {
        guard message.kind == .request, let id = message.id else {
            if message.kind != .request { exchange.respond(.accepted, fields) }
            return await serve(SilentChannel())
        }
        let channel = channel(exchange, message, fields)
        let name = message.name.flatMap { message.value($0).string } ?? ""
        if message.method == .toolsCall {
            if settings.denied.contains(where: { Glob($0).matches(name) }) {
                let text = "Tool Execution Denied: the policy engine does not permit '\(name)'."
                return channel.answer(
                    .error(Answer.error(code: -32002, text)), id: message[id])
            }
            if name == GatewayLists.searchName, settings.hasSearch {
                return await search(message, channel, id)
            }
        }
        await serve(channel)
    }

    private func channel(
        _ exchange: HTTPExchange, _ message: Message, _ fields: Fields
    ) -> GatewayChannel {
        let lists = GatewayLists(pageSize: settings.pageSize, hasSearch: settings.hasSearch)
        let method = message.method
        let cursor = message.params.flatMap { message.value($0)["cursor"]?.string }
        return GatewayChannel(exchange, isStreaming: settings.isStreaming, fields: fields) {
            lists.page($0, method, cursor: cursor)
        }
    }

    private func search(_ message: Message, _ channel: GatewayChannel, _ id: Extent) async {
        let query = message.arguments.flatMap { message.value($0)["query"]?.string } ?? ""
        guard let request = try? Message(scanning: Self.list) else { return }
        let answer = AnswerBox()
        let shared = await opened()
        await withDiscardingTaskGroup { group in
            shared.session.receive(.message(request), over: answer, in: &group)
        }
        channel.answer(GatewayLists.search(answer.taken, for: query), id: message[id])
    }

    private static let list = Array(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#.utf8)
}

// MARK: Sessions

extension GatewayDoor {
    /// A handshake: with sessions it opens one, without it says only what there is.
    private func initialize(
        _ message: Message, _ exchange: HTTPExchange, _ caller: EdgeCaller, _ fields: Fields
    ) async throws(EdgeFailure) {
        guard let message = adapted(message) else {
            throw EdgeFailure(.validation, "The parameters of 'initialize' are none.")
        }
        var fields = fields
        let session: GatewaySession
        if settings.sessions != nil {
            session = try gateway.open(for: caller)
            if let id = FieldValue(session.id) { fields.set(.mcpSessionId, id) }
        } else {
            // In the name in which their requests will be made, so that no server starts twice.
            let everybody = EdgeCaller(name: settings.name, mode: .none)
            session = GatewaySession(id: "", of: everybody, on: gateway.hub, ends: nil)
        }
        let channel = GatewayChannel(exchange, isStreaming: false, fields: fields)
        await withDiscardingTaskGroup { group in
            session.session.receive(.message(message), over: channel, in: &group)
        }
        if settings.sessions == nil { session.session.close() }
    }

    /// The handshake as the hub hears it: with a version that this gateway speaks, and without what a
    /// client offers that cannot be asked because no stream leads to it.
    private func adapted(_ message: Message) -> Message? {
        guard let params = message.params else { return nil }
        let value = message.value(params)
        var draft = Draft(message)
        let spoken = gateway.revisions.filter { !$0.isModern }
        if let wish = value["protocolVersion"], let newest = spoken.last,
            !spoken.contains(where: { $0.rawValue == wish.string })
        {
            draft.replace(wish.extent, with: JSONWriter.quoted(newest.rawValue))
        }
        if let offered = value["capabilities"], !(settings.isStreaming && settings.sessions != nil)
        {
            draft.replace(offered.extent, with: Array("{}".utf8))
        }
        return try? Message(scanning: draft.bytes)
    }

    /// The session that a message belongs to (AgentCore, "Gateway sessions").
    private func session(
        _ exchange: HTTPExchange, _ caller: EdgeCaller, _ message: Message
    ) async throws(EdgeFailure) -> GatewaySession {
        guard settings.sessions != nil else { return await opened() }
        guard let id = exchange.head.fields[.mcpSessionId]?.text else {
            throw EdgeFailure(.missingSession, "Missing Mcp-Session-Id header")
        }
        guard let session = gateway.find(id, of: caller) else {
            throw EdgeFailure(.unknownSession, "Session not found")
        }
        return session
    }

    /// The session of those that have none, its handshake done.
    private func opened() async -> GatewaySession {
        let shared = gateway.shared()
        if !shared.session.isOpen, let message = try? Message(scanning: Self.handshake) {
            await withDiscardingTaskGroup { group in
                shared.session.receive(.message(message), over: AnswerBox(), in: &group)
            }
        }
        return shared
    }

    private static let handshake = Array(
        """
        {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
        "capabilities":{},"clientInfo":{"name":"gateway","version":"1"}}}
        """.utf8)
}
