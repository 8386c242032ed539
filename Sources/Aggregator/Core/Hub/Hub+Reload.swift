import Synchronization
import Wire

extension Hub {
    /// Takes a new configuration into service without losing a call on what stays the same.
    package func apply(
        _ configuration: Configuration, endpoints: [String: any Endpoint], plugins: [any Plugin]
    ) {
        let chains = chains(plugins)
        let (gone, changed, clients) = state.withLock {
            state -> ([Link], Set<String>, [any HubClient]) in
            let old = Dictionary(
                state.configuration.upstreams.map { ($0.name, $0) }
            ) { first, _ in first }
            let new = Dictionary(
                configuration.upstreams.filter(\.isEnabled).map { ($0.name, $0) }
            ) { first, _ in first }
            let dropped = old.filter { new[$0.key]?.runsLike($0.value) != true }.map(\.key)
            let gone = state.links.filter { dropped.contains($0.key.upstream) }
            for (key, _) in gone { state.links[key] = nil }
            for name in dropped {
                state.absent.remove(name)
                // What only looks different keeps its lists until it is connected again.
                if state.endpoints[name]?.fingerprint != endpoints[name]?.fingerprint {
                    state.listings[name] = nil
                }
            }
            state.configuration = configuration
            state.adopt(new, endpoints, besides: Set(dropped))
            state.chains = chains
            state.isStale = true
            // What was not there before may have been watched when it was there last.
            let changed = Set(dropped).union(new.keys.filter { old[$0] == nil })
            return (Array(gone.values), changed, Array(state.clients.values))
        }
        for link in gone { link.stop() }
        startLives(chains)
        for client in clients {
            attach(client)
            moveWatches(of: client, on: changed)
        }
        staleness.raise()
        self.changed.raise()
    }

    /// What a client watches on changed upstreams is watched on their successors; on those that
    /// are gone, when they are back.
    private func moveWatches(of client: any HubClient, on changed: Set<String>) {
        let links = client.links
        for target in client.watches.values where changed.contains(target.upstream) {
            _ = links[target]?.watch(target.original)
        }
    }

    /// Notes what is wrong with the configuration as it now stands, or that nothing is any more.
    package func note(problem: String?) {
        state.withLock { $0.configurationProblem = problem }
    }

    /// Tells every client something through its log.
    package func announce(_ level: LogLevel, _ text: String) {
        let clients = state.withLock { Array($0.clients.values) }
        for client in clients { client.log(level, text) }
    }
}

extension Hub.State {
    /// Lets the upstreams that stay go on as they are, under what their entries say now.
    ///
    /// They keep their endpoints too: running children write to them.
    fileprivate mutating func adopt(
        _ entries: [String: Configuration.Upstream], _ new: [String: any Endpoint],
        besides dropped: Set<String>
    ) {
        let old = endpoints
        endpoints = new
        for (name, entry) in entries where !dropped.contains(name) {
            guard let endpoint = old[name] else { continue }
            endpoint.adopt(entry)
            endpoints[name] = endpoint
        }
        for (key, link) in links {
            if let entry = entries[key.upstream] { link.adopt(entry) }
        }
    }
}
