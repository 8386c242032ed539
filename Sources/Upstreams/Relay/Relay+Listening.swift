import Aggregator
import Machine
import Signing
import Synchronization
import Wire

/// What a server says between calls, and our leave of it.
extension Relay {
    /// The pauses before a stream is asked for again.
    private static let pauses = (first: Duration.seconds(1), most: Duration.seconds(60))

    /// Listens whenever the server has been greeted; never returns by itself.
    func listen() async {
        var seen: UInt64 = 0
        while !Task.isCancelled {
            await greeted.wait(after: seen)
            seen = greeted.version
            if settings.listens, !Task.isCancelled { await hearOut(since: seen) }
        }
    }

    private func hearOut(since version: UInt64) async {
        var last: String?
        var pause = Self.pauses.first
        while !Task.isCancelled, greeted.version == version {
            guard let response = await stream(after: last) else { return }
            var parser = EventParser(limits: EventLimits(bytes: settings.limit))
            while let piece = try? await response.next() {
                var at = 0
                while let event = try? parser.next(piece.span, from: &at) {
                    if let id = event.id { last = id.isEmpty ? nil : id }
                    if let retry = event.retry { pause = retry }
                    guard !event.isPriming, let parcel = try? Parcel(event.data) else { continue }
                    await room()
                    _ = hear(parcel, nil, mayRepair: false)
                }
            }
            await time.sleep(for: pause)
            pause = min(pause * 2, Self.pauses.most)
        }
    }

    /// A stream of events; nil where there is none.
    private func stream(after event: String?) async -> HTTPClientResponse? {
        var request = bare("GET", main)
        request.set("Accept", "text/event-stream")
        if let event { request.set("Last-Event-ID", event) }
        request.deadlines.idle = .seconds(366 * 86_400)
        request.bodyLimit = nil
        guard await isAuthorized(&request, main),
            let response = try? await client.send(request), response.status == 200,
            response.fields["content-type"]?.lowercased().hasPrefix("text/event-stream") == true
        else { return nil }
        return response
    }

    /// Tells the server that its sessions are over.
    func takeLeave() async {
        for side in [main] + others.values {
            let state = side.session.withLock { $0 }
            if settings.listens, state.assigned != nil { await leave(bare("DELETE", side), side) }
            if let stop = stop(state) { await leave(stop, side) }
        }
    }

    private func leave(_ request: HTTPClientRequest, _ side: RelaySide) async {
        var request = request
        guard await isAuthorized(&request, side) else { return }
        await client.farewell(request, within: .seconds(1))
    }

    /// Whether a request has what proves who asks, or needs nothing.
    private func isAuthorized(_ request: inout HTTPClientRequest, _ side: RelaySide) async -> Bool {
        guard let authorizer = side.authorizer else { return true }
        return (try? await authorizer.authorize(&request)) != nil
    }

    /// The request that stops the session's machine (StopRuntimeSession), if that is wanted.
    private func stop(_ state: RelaySession) -> HTTPClientRequest? {
        guard let url = settings.stop, state.isUsed, case .fixed(let id) = state.policy else {
            return nil
        }
        var request = HTTPClientRequest(
            "POST", url, fields: settings.headers,
            body: Array(#"{"clientToken":"\#(UUIDText.random())"}"#.utf8))
        request.set("Content-Type", "application/json")
        request.set("X-Amzn-Bedrock-AgentCore-Runtime-Session-Id", id)
        if let id = state.assigned { request.set("Mcp-Session-Id", id) }
        request.deadlines = settings.deadlines
        return request
    }

    private func bare(_ method: String, _ side: RelaySide) -> HTTPClientRequest {
        let state = side.session.withLock { $0 }
        var request = HTTPClientRequest(method, settings.url, fields: settings.headers)
        if let id = state.assigned { request.set("Mcp-Session-Id", id) }
        if state.namesRevision, let revision = state.revision {
            request.set("MCP-Protocol-Version", revision)
        }
        request.deadlines = settings.deadlines
        return request
    }
}
