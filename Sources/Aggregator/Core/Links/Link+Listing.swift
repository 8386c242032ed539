import Synchronization
import Wire

extension Link {
    /// Fetches lists of these kinds from a fresh or changed server and publishes them.
    ///
    /// Returns the kinds that could not be fetched, or not to their end.
    func list(
        _ kinds: Set<Item.Kind>, from connection: any Connection, _ profile: ServerProfile
    ) async -> Set<Item.Kind> {
        var fetched: [Item.Kind: ListFetch.Outcome] = [:]
        await withTaskGroup(of: (Item.Kind, ListFetch.Outcome).self) { group in
            for kind in kinds where profile.offers(kind) {
                group.addImmediateTask { [self, name, settings] in
                    let isModern = profile.revision.isModern
                    let fetch = ListFetch(kind: kind, upstream: name) {
                        self.dressed($0, isModern: isModern)
                    }
                    return (kind, await fetch.run(connection, patience: settings.timeouts.start))
                }
            }
            for await (kind, outcome) in group { fetched[kind] = outcome }
        }
        var complaints: [Item.Kind: [String]] = [:]
        for (kind, outcome) in fetched {
            complaints[kind] = outcome.problem.map {
                ["Upstream '\(name)', list of \(kind.plural): \($0)"]
            }
        }
        if profile.revision.isModern, connection.repeatsArguments {
            fetched[.tool]?.items?.removeAll { tool in
                guard let fault = fault(in: tool) else { return false }
                complaints[.tool, default: []].append(fault)
                return true
            }
        }
        // A list that was cut off says something if what cut it off was not the connection's end.
        let isOver = openConnection?.connection !== connection
        guard !Task.isCancelled, !(isOver && fetched.values.contains(where: \.isInterrupted)) else {
            return []
        }
        if await hasForgotten(fetched.values.compactMap(\.loss), connection) { return [] }
        for kind in kinds { complain(complaints[kind] ?? [], about: kind) }
        connection.learned(publish(kinds, fetched, profile))
        return Set(fetched.filter(\.value.hasFailed).keys)
    }

    private func publish(
        _ kinds: Set<Item.Kind>, _ fetched: [Item.Kind: ListFetch.Outcome], _ profile: ServerProfile
    ) -> Listing {
        let listing = state.withLock { state in
            state.listing.instructions = profile.instructions
            state.listing.title = profile.title ?? settings.title
            for kind in kinds {
                // A failed list keeps what was known; an upstream's failure is never an empty list.
                guard let outcome = fetched[kind] else {
                    state.listing.items[kind] = nil
                    state.listing.hints[kind] = nil
                    state.listing.problems[kind] = nil
                    continue
                }
                let isKnown = state.listing.items[kind] != nil
                if let items = outcome.items, !(outcome.isPartial && isKnown) {
                    state.listing.items[kind] = items
                    state.listing.hints[kind] = outcome.hints
                }
                state.listing.problems[kind] = outcome.problem
            }
            state.isListed = true
            state.hasConcluded = true
            return state.listing
        }
        owner.link(self, listed: listing)
        changed.raise()
        return listing
    }

    /// Logs what is wrong with a list, but not what was said of it when it was fetched last: a server may
    /// announce changes all day.
    private func complain(_ complaints: [String], about kind: Item.Kind) {
        let known = state.withLock { state in
            state.complaints.updateValue(Set(complaints), forKey: kind) ?? []
        }
        for complaint in complaints where !known.contains(complaint) {
            services.log(.warning, complaint)
        }
    }

    /// What is wrong with the way in which a tool marks its arguments for headers, if anything is.
    ///
    /// Then it is left out (MCP 2026-07-28, "Custom headers"); the others are not its fault.
    private func fault(in tool: [UInt8]) -> String? {
        do throws(HeaderParameters.Fault) {
            _ = try HeaderParameters(tool: tool)
            return nil
        } catch {
            let tool = Value(tool, Extent(0..<tool.count))["name"]?.string ?? ""
            return "Upstream '\(name)': its tool '\(tool)' is left out: \(error.reason)."
        }
    }

    /// Fetches again what the server says has changed, and what could not be fetched.
    ///
    /// Debounced, one fetch running, one pending; failures with back-off.
    func keepListsFresh(
        _ connection: any Connection, _ profile: ServerProfile, failed: Set<Item.Kind>
    ) async {
        var failed = failed
        var backoff = Backoff()
        while !Task.isCancelled {
            let version = staleness.version
            if state.withLock({ $0.stale.isEmpty }) {
                var retryAt: ContinuousClock.Instant?
                if !failed.isEmpty {
                    let delay = backoff.failed(fraction: services.random())
                    retryAt = services.time.now.advanced(by: max(.milliseconds(500), delay))
                }
                await staleness.wait(after: version, until: retryAt, on: services.time)
                if failed.isEmpty { continue }
            } else {
                // A storm of changes costs one fetch.
                await services.time.sleep(for: .milliseconds(100))
            }
            guard !Task.isCancelled else { return }
            let kinds = state.withLock { state in
                defer { state.stale = [] }
                return state.stale.union(failed)
            }
            failed = await list(kinds, from: connection, profile)
            if failed.isEmpty { backoff.succeeded() }
        }
    }

    /// Notes that the server's list of this kind is not what we know.
    func becameStale(_ kinds: Set<Item.Kind>) {
        state.withLock { $0.stale.formUnion(kinds) }
        staleness.raise()
    }
}
