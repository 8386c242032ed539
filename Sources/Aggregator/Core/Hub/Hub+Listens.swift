import Synchronization
import Wire

extension Hub {
    /// How long upstreams may take to confirm what is watched before the client is told what is.
    private static let patience = Duration.seconds(2)

    /// `subscriptions/listen`: acknowledges what is honoured, then lasts until the client or the
    /// process ends it.
    func listen(
        _ message: Message, _ caller: Caller, over channel: any Channel
    ) async throws(Failure) -> Answer {
        guard let id = message.id, let params = message.params.map({ message.value($0) }),
            let wish = params["notifications"], wish.kind == .object
        else {
            throw Failure(.invalidParams, "The parameters lack 'notifications', an object.")
        }
        var filter = try ListenClient.Filter(wish)
        let listen = ListenClient(
            id: Array(message[id]), filter, caller.envelope, over: channel,
            knowing: catalog, at: services.time.now)
        enter(listen)
        defer { leave(listen) }
        filter.uris = await watch(filter.uris, by: listen)
        if !Task.isCancelled { listen.acknowledge(filter) }
        await listen.overflow.wait(after: 0)
        if !Task.isCancelled {
            services.log(.warning, "A listen was ended: its client reads too slowly.")
        }
        // A pipe goes on: over one, both forms of an end are understood by everybody.
        if caller.cancelled == nil, channel.isShared { withdraw(message[id], over: channel) }
        return listen.farewell(services.identity)
    }

    private func leave(_ listen: ListenClient) {
        unwatch(listen.watches, by: listen)
        close(listen)
    }

    /// `notifications/cancelled` about the client's own request: what ends a listen from our side.
    private func withdraw(_ id: ArraySlice<UInt8>, over channel: any Channel) {
        let draft = try? Request.draft(.cancelled, isNotification: true) { params in
            params.key("requestId")
            params.raw(id)
        }
        if let draft { channel.send(draft) }
    }

    /// Watches what can be watched, all at once; the URIs that are, in the client's order.
    private func watch(_ uris: [[UInt8]], by listen: ListenClient) async -> [[UInt8]] {
        guard !uris.isEmpty else { return [] }
        let deadline = services.time.now.advanced(by: Self.patience)
        return await withTaskGroup(of: [UInt8]?.self, returning: [[UInt8]].self) { group in
            for uri in uris {
                group.addImmediateTask { await self.watch(uri, by: listen) ? uri : nil }
            }
            group.addImmediateTask { [time = services.time] in
                await time.wait(until: deadline) { _ in }
                return nil
            }
            var honoured: Set<[UInt8]> = []
            var missing = uris.count
            for await uri in group {
                if let uri { honoured.insert(uri) }
                missing -= 1
                if missing == 0 || services.time.now >= deadline { group.cancelAll() }
            }
            return uris.filter(honoured.contains)
        }
    }

    private func watch(_ uri: [UInt8], by listen: ListenClient) async -> Bool {
        guard let target = try? await resolveResource(uri),
            (try? permit(target, uri, to: listen.envelope)) != nil,
            let link = try? listen.links.link(to: target), link.profile?.subscribe != false
        else { return false }
        let isWatched = try? await link.inTurn(target.original) {
            await self.watch(uri, target, by: listen, over: link)
        }
        return isWatched ?? false
    }

    private func watch(
        _ uri: [UInt8], _ target: Target, by listen: ListenClient, over link: Link
    ) async -> Bool {
        guard listen.watch(uri, target) else { return false }
        guard link.watch(target.original) else { return true }
        let answer = try? await link.call(
            try link.subscription(.resourcesSubscribe, target.original))
        if answer?.kind == .result { return true }
        if listen.unwatch(uri) { _ = link.unwatch(target.original) }
        return false
    }
}
