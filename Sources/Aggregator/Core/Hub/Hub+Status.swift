import Synchronization
package import Wire

extension Hub {
    /// A snapshot of every configured upstream, in configuration order.
    package var upstreams: [UpstreamStatus] {
        let (configuration, links, endpoints, listings, catalog) = state.withLock {
            ($0.configuration, $0.links, $0.endpoints, $0.listings, $0.catalog)
        }
        return configuration.upstreams.map { settings in
            let endpoint = endpoints[settings.name]
            var status = UpstreamStatus(
                name: settings.name, kind: settings.kind,
                endpoint: endpoint?.summary ?? settings.kind, isEnabled: settings.isEnabled)
            links.first { $0.key.upstream == settings.name }?.value.describe(into: &status)
            for entry in catalog.entries where entry.target.upstream == settings.name {
                status.counts[entry.kind, default: 0] += 1
            }
            status.problems = listings[settings.name]?.problems ?? [:]
            status.trail = endpoint?.trail ?? []
            return status
        }
    }

    /// Everything that upstreams have listed, as they call it themselves.
    package var listed: [Item] {
        let (configuration, listings) = state.withLock { ($0.configuration, $0.listings) }
        return configuration.upstreams.flatMap { upstream in
            (listings[upstream.name]?.items ?? [:]).flatMap { kind, all in
                all.compactMap { json in
                    let value = Value(json, Extent(0..<json.count))
                    guard let name = value[kind.key]?.text else { return nil }
                    let base = String(decoding: name, as: UTF8.self)
                    return Item(
                        kind: kind, upstream: upstream.name, original: name, base: base, json: json)
                }
            }
        }
    }

    /// The legs of the way to an upstream, as far as its kind tells them.
    package func legs(to upstream: String) async -> [Leg] {
        await state.withLock { $0.endpoints[upstream] }?.legs() ?? []
    }

    /// The enabled upstreams of which not even an earlier run has left a list.
    package var unknown: [String] {
        state.withLock { state in
            state.configuration.upstreams.filter(\.isEnabled).map(\.name)
                .filter { state.listings[$0] == nil }
        }
    }

    /// Waits until `condition` holds, looking whenever the catalog or an upstream changes.
    ///
    /// Returns false when the deadline passed or the task was cancelled before.
    package func wait(
        until deadline: ContinuousClock.Instant?, for condition: () -> Bool
    ) async -> Bool {
        while !Task.isCancelled {
            let version = changed.version
            if condition() { return true }
            if let deadline, deadline <= services.time.now { return false }
            await changed.wait(after: version, until: deadline, on: services.time)
        }
        return false
    }

    /// Writes the members of the status object of this process.
    package func writeStatus(into writer: inout JSONWriter, names withNames: Bool) {
        writer.key("name")
        writer.string(services.identity.name)
        writer.key("version")
        writer.string(services.identity.version)
        if let problem = state.withLock({ $0.configurationProblem }) {
            writer.key("configurationError")
            writer.string(problem)
        }
        writer.key("clients")
        writer.beginArray()
        let clients = state.withLock { Array($0.clients.values) }
        for client in clients { client.write(into: &writer) }
        writer.endArray()
        writer.key("upstreams")
        writer.beginArray()
        for upstream in upstreams { upstream.write(into: &writer, at: services.time.now) }
        writer.endArray()
        writePlugins(into: &writer)
        guard withNames else { return }
        writer.key("names")
        writer.beginArray()
        for entry in catalog.entries { entry.write(into: &writer) }
        writer.endArray()
    }
}

extension Link {
    /// Fills in what a link knows of its upstream.
    fileprivate func describe(into status: inout UpstreamStatus) {
        state.withLock { state in
            status.phase = state.phase
            status.isListed = state.isListed
            status.profile = state.profile
            status.startedAt = state.startedAt
            status.startTook = state.startTook
            status.lastFailure = state.lastFailure
            status.lastNoise = state.lastNoise
        }
        status.obstacle = state.withLock { $0.opening }?.obstacle
        status.counters = counters.snapshot
    }
}
