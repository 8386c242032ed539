import Synchronization
import Wire

/// Who comes and goes, and the links that are held for them and for a while after them.
extension Hub {
    /// Connects a session that has just said who it is; returns the `InitializeResult`.
    func open(_ session: Session, _ envelope: Envelope) -> [UInt8] {
        let isNew = enter(session)
        // Links that were made for capabilities of a first `initialize` are nobody's now.
        if !isNew { stopLinks(lonelySince: nil) }
        let catalog = catalog
        return InitializeResult(
            revision: envelope.revision, identity: services.identity,
            instructions: catalog.instructions
        ).json
    }

    /// Gives a client its links, or other ones; true if it was not known before.
    @discardableResult
    func enter(_ client: any HubClient) -> Bool {
        let isNew = state.withLock { state in
            state.settlesAt =
                state.settlesAt
                ?? services.time.now.advanced(by: state.configuration.limits.startWait)
            return state.clients.updateValue(client, forKey: client.client) == nil
        }
        attach(client)
        return isNew
    }

    /// Forgets a client that is gone.
    func close(_ client: any HubClient) {
        state.withLock { _ = $0.clients.removeValue(forKey: client.client) }
        let links = client.links.all
        for link in links { link.detach(client) }
        if links.contains(where: \.clients.isEmpty) { stopSurplus() }
    }

    /// Ends links that have had no client since before `moment`, or at all that have none now.
    func stopLinks(lonelySince moment: ContinuousClock.Instant?) {
        stopLinks { lonely in
            lonely.filter { link in moment.map { link.value <= $0 } ?? true }.map(\.key)
        }
    }

    /// How many links of one upstream are kept for clients that may come back.
    private static let mostLonely = 8

    /// Ends the links that were left first where an upstream has too many: what tells them apart are
    /// bytes of clients, who may make as many as they like.
    private func stopSurplus() {
        stopLinks { lonely in
            Dictionary(grouping: lonely, by: \.key.upstream).values.flatMap { links in
                links.sorted { $0.value > $1.value }.dropFirst(Self.mostLonely).map(\.key)
            }
        }
    }

    /// Ends some of the links that have no client; since when each has none is noted first.
    private func stopLinks(_ choose: ([LinkKey: ContinuousClock.Instant]) -> [LinkKey]) {
        let now = services.time.now
        let chosen = state.withLock { state in
            let known = state.lonely
            let lonely = state.links.filter { $0.value.clients.isEmpty }.keys
            state.lonely = Dictionary(
                lonely.map { ($0, known[$0] ?? now) }
            ) { first, _ in first }
            return choose(state.lonely).compactMap { key in
                state.lonely[key] = nil
                return state.links.removeValue(forKey: key)
            }
        }
        for link in chosen { link.stop() }
    }

    /// Gives a client a link to every upstream, started in parallel.
    func attach(_ client: any HubClient) {
        let envelope = client.envelope
        let (mine, new) = state.withLock { state -> ([Link], [Link]) in
            var mine: [Link] = []
            var new: [Link] = []
            for settings in state.configuration.upstreams where settings.isEnabled {
                let key = LinkKey(settings.name, envelope)
                if let link = state.links[key] {
                    mine.append(link)
                } else if let endpoint = state.endpoints[settings.name] {
                    let link = Link(
                        settings: settings, endpoint: endpoint, envelope: envelope,
                        services: services, owner: self)
                    state.links[key] = link
                    mine.append(link)
                    new.append(link)
                }
            }
            return (mine, new)
        }
        client.hold(LinkSet(mine))
        for link in mine { link.attach(client) }
        for link in new { nursery.start { await link.run() } }
    }

    /// The link through which a client reaches an upstream; after a reload under a waiting call it
    /// is not the one that the call set out with.
    func link(to target: Target, for caller: Caller) throws(Failure) -> Link {
        if let link = caller.links[target], !link.isOver { return link }
        let key = LinkKey(target.upstream, caller.envelope)
        if let link = state.withLock({ $0.links[key] }) { return link }
        return try caller.links.link(to: target)
    }
}
