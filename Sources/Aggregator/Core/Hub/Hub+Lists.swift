import Synchronization
import Wire

extension Hub {
    /// A list as this client may see it, once what is starting has had its time.
    func list(
        _ kind: Item.Kind, _ message: Message, _ client: any HubClient, _ caller: Caller
    ) async throws(Failure) -> Answer {
        if let params = message.params,
            let cursor = Value(message.bytes, params)["cursor"], !cursor.isNull
        {
            throw Failure(.invalidParams, "Unknown cursor: lists have one page here.")
        }
        await settle(client)
        // A list that was cut short is not an empty list.
        if Task.isCancelled { throw Failure(.cancelled, "The list was cancelled.") }
        let catalog = catalog
        client.saw(kind, catalog.rendered[kind] ?? [])
        let rendered = shown(kind, of: catalog, to: caller)
        return .result(client.envelope.revision.isModern ? hinted(rendered, kind) : rendered)
    }

    /// A list with what it says about how long it may be kept: the least of what its parts allow
    /// (MCP 2026-07-28, "Caching").
    private func hinted(_ rendered: [UInt8], _ kind: Item.Kind) -> [UInt8] {
        let names = state.withLock { $0.configuration.upstreams.filter(\.isEnabled).map(\.name) }
        var parts = names.map { hints($0, kind) ?? .own }
        // What one client may see is not to be kept for another.
        if routes.chains.tellsClientsApart { parts.append(.own) }
        var writer = JSONWriter()
        writer.beginObject()
        parts.reduce(parts.first) { $0.merged(with: $1) }?.write(into: &writer)
        guard writer.bytes.count > 1 else { return rendered }
        return writer.bytes + [UInt8(ascii: ",")] + rendered.dropFirst()
    }

    /// A first list waits a little for upstreams of which nothing is known yet.
    private func settle(_ client: any HubClient) async {
        let opened = client.openedAt ?? services.time.now
        let deadline = opened.advanced(by: configuration.limits.startWait)
        while !Task.isCancelled, services.time.now < deadline {
            let version = changed.version
            let (isStale, listings) = state.withLock { ($0.isStale, $0.listings) }
            let isWaiting = client.links.all.contains {
                $0.isStillStarting && listings[$0.name] == nil
            }
            guard isStale || isWaiting else { return }
            await changed.wait(after: version, until: deadline, on: services.time)
        }
    }
}
