import Synchronization
package import Wire

/// Where the plugins are asked besides their chains.
extension Hub {
    /// The plugins in force, in the order of the configuration.
    package var plugins: [any Plugin] { routes.chains.plugins }

    /// Starts what plugins do besides; what they want to look at again is shown to them.
    func startLives(_ chains: Chains) {
        lives.start(chains, in: nursery) { [weak self] in self?.reviewAgain() }
    }

    private func reviewAgain() {
        state.withLock { $0.isStale = true }
        staleness.raise()
    }

    /// The list that a client may see; the same for all of them, unless a plugin tells them apart.
    func shown(_ kind: Item.Kind, of catalog: Catalog, to caller: Caller) -> [UInt8] {
        let chains = routes.chains
        guard chains.tellsClientsApart else { return catalog.rendered[kind] ?? [] }
        return Catalog.render(
            kind, catalog.entries.filter { !chains.hides(kind, $0.target, from: caller.envelope) })
    }

    /// Refuses a resource that is kept from a client, as one that is not there.
    func permit(_ target: Target, _ uri: [UInt8], to envelope: Envelope) throws(Failure) {
        guard routes.chains.hides(.resource, target, from: envelope) else { return }
        throw unknown(.resource, uri)
    }

    /// Writes the members of the status object that are about plugins.
    func writePlugins(into writer: inout JSONWriter) {
        writer.key("plugins")
        writer.beginArray()
        for plugin in plugins { plugin.writeStatus(into: &writer) }
        writer.endArray()
    }
}

extension Hub {
    package func heard(_ message: Message, by link: Link, for caller: Caller?) async -> Message? {
        let chains = routes.chains
        guard chains.hears else { return message }
        return await chains.hear(Notice(message: message, upstream: link.name, caller: caller))
    }

    package func relayed(
        _ request: Message, by link: Link, for caller: Caller?
    ) async throws(Failure) -> Message {
        let chains = routes.chains
        guard chains.relays else { return request }
        return try await chains.relay(
            ServerRequest(
                request, upstream: link.name, principal: link.envelope.principal, caller: caller)
        ).message
    }
}
