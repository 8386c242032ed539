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
        var request = bare("GET")
        request.set("Accept", "text/event-stream")
        if let event { request.set("Last-Event-ID", event) }
        request.deadlines.idle = .seconds(366 * 86_400)
        request.bodyLimit = nil
        guard (try? await authorizer?.authorize(&request)) != nil || authorizer == nil,
            let response = try? await client.send(request), response.status == 200,
            response.fields["content-type"]?.lowercased().hasPrefix("text/event-stream") == true
        else { return nil }
        return response
    }

    /// Tells the server that its session is over.
    func takeLeave() async {
        guard settings.listens, session.withLock({ $0.assigned != nil }) else { return }
        var request = bare("DELETE")
        guard (try? await authorizer?.authorize(&request)) != nil || authorizer == nil else {
            return
        }
        await client.farewell(request, within: .seconds(1))
    }

    private func bare(_ method: String) -> HTTPClientRequest {
        let state = session.withLock { $0 }
        var request = HTTPClientRequest(method, settings.url, fields: settings.headers)
        if let id = state.assigned { request.set("Mcp-Session-Id", id) }
        if state.namesRevision, let revision = state.revision {
            request.set("MCP-Protocol-Version", revision)
        }
        request.deadlines = settings.deadlines
        return request
    }
}
