import Synchronization
import Wire

/// Where the last-known catalog outlives the process.
package protocol CatalogStorage: Sendable {
    /// What was saved last, if anything.
    func load() -> [UInt8]?

    /// Replaces what was saved; failures are the storage's to report.
    func save(_ bytes: [UInt8]) async
}

extension Hub: LinkOwner {
    package func start(_ work: @escaping @Sendable () async -> Void) { nursery.start(work) }

    package func linkChanged(_ link: Link) {
        let phase = link.state.withLock { $0.phase }
        let isAbsent: Bool? =
            switch phase {
            case .broken: true
            case .ready: false
            case .idle, .starting, .resting, .ended: nil
            }
        let becameStale = state.withLock { state in
            // Whether names can be settled depends on who is still starting.
            if state.provisionalNames != nil { return true }
            guard let isAbsent, state.absent.contains(link.name) != isAbsent else { return false }
            if isAbsent { state.absent.insert(link.name) } else { state.absent.remove(link.name) }
            state.isStale = true
            return true
        }
        if becameStale { staleness.raise() }
        changed.raise()
    }

    package func link(_ link: Link, listed listing: Listing) {
        let isNew = state.withLock { state in
            guard state.links.values.contains(where: { $0 === link }),
                state.listings[link.name] != listing
            else { return false }
            state.listings[link.name] = listing
            state.isStale = true
            return true
        }
        if isNew { staleness.raise() }
        // Even without news: whoever waits for this upstream has waited long enough.
        changed.raise()
    }

    // MARK: Keeping the catalog

    /// Rebuilds the catalog when a listing changes, tells the clients, saves it for the next start.
    func keepCatalog() async {
        var announceAt: ContinuousClock.Instant?
        var saveAt: ContinuousClock.Instant?
        // They have been shown what was known before, which needs no saving itself.
        await savePlugins()
        while !Task.isCancelled {
            let version = staleness.version
            let draft = await preparedDraft()
            let now = services.time.now
            if rebuild(draft) {
                announceAt = announceAt ?? now.advanced(by: .milliseconds(100))
                saveAt = saveAt ?? now.advanced(by: .milliseconds(500))
                changed.raise()
            } else if settleNames(now) {
                saveAt = saveAt ?? now.advanced(by: .milliseconds(500))
            } else if let due = announceAt, due <= now {
                announceAt = nil
                let (clients, catalog) = state.withLock { (Array($0.clients.values), $0.catalog) }
                for client in clients { client.announce(catalog) }
            } else if let due = saveAt, due <= now {
                saveAt = nil
                await save()
            } else {
                let due = [announceAt, saveAt, settling].compactMap { $0 }.min()
                await staleness.wait(after: version, until: due, on: services.time)
            }
        }
        if saveAt != nil { await save() }
    }

    /// Makes the catalog of a draft, unless other plugins are in force by now.
    @discardableResult
    private func rebuild(_ draft: CatalogDraft?) -> Bool {
        guard let draft else { return false }
        let (table, chains) = state.withLock { ($0.names, $0.chains) }
        guard draft.chains === chains else { return false }
        var names = table
        let catalog = draft.builder(digest: services.digest).build(draft.parts, &names)
        let isSettling = isStarting && (settlesAt.map { services.time.now < $0 } ?? false)
        state.withLock { state in
            if state.edition == draft.edition { state.isStale = false }
            state.catalog = catalog
            state.provisionalNames = isSettling ? names : nil
            if !isSettling { state.names = names }
        }
        return true
    }

    /// What the catalog is to be made of, if it lags behind; first it is shown to the plugins that
    /// take their time over it, so that nothing is published that they have not seen.
    private func preparedDraft() async -> CatalogDraft? {
        let draft = state.withLock { $0.isStale ? CatalogDraft($0) : nil }
        guard let draft, draft.chains.prepares else { return draft }
        await draft.chains.prepare(draft.builder(digest: services.digest).items(draft.parts))
        return Task.isCancelled ? nil : draft
    }

    /// Until when names may still move; nil when they are settled.
    private var settling: ContinuousClock.Instant? {
        state.withLock { $0.provisionalNames == nil ? nil : $0.settlesAt }
    }

    private var settlesAt: ContinuousClock.Instant? { state.withLock { $0.settlesAt } }

    private var isStarting: Bool {
        state.withLock { Array($0.links.values) }.contains(where: \.isStillStarting)
    }

    /// Makes the names final: the order of arrival must not decide a clash, but neither may a name
    /// move once clients have had the time to learn it.
    private func settleNames(_ now: ContinuousClock.Instant) -> Bool {
        guard let settling, now >= settling || !isStarting else { return false }
        return state.withLock { state in
            guard let names = state.provisionalNames else { return false }
            state.names = names
            state.provisionalNames = nil
            return true
        }
    }

    /// How long the list of an upstream may be kept; nil if it does not say so.
    package func hints(_ upstream: String, _ kind: Item.Kind) -> CacheHints? {
        state.withLock { $0.listings[upstream]?.hints[kind] }
    }

    /// Starts with what was known when the process ran last.
    func warmUp() {
        guard let bytes = storage.load(), let warm = WarmCatalog(bytes) else { return }
        state.withLock { state in
            state.names = warm.names
            for (name, entry) in warm.upstreams
            where state.endpoints[name]?.fingerprint == entry.fingerprint {
                state.listings[name] = entry.listing
                state.legacySince[entry.fingerprint] = entry.legacySince
            }
            state.isStale = true
        }
        // Otherwise the first list waits for them, as it does without anything known.
        let draft = state.withLock { $0.chains.prepares ? nil : CatalogDraft($0) }
        rebuild(draft)
    }

    private func save() async {
        let warm = state.withLock { state in
            var warm = WarmCatalog(names: state.names)
            for (name, listing) in state.listings {
                guard let endpoint = state.endpoints[name] else { continue }
                warm.upstreams[name] = WarmCatalog.Upstream(
                    fingerprint: endpoint.fingerprint, listing: listing,
                    legacySince: state.legacySince[endpoint.fingerprint])
            }
            return warm
        }
        await storage.save(warm.json)
        await savePlugins()
    }

    private func savePlugins() async {
        for plugin in plugins { await plugin.save() }
    }
}

/// What a catalog is made of, at one moment.
private struct CatalogDraft {
    let chains: Chains
    let parts: [CatalogBuilder.Part]
    /// Up to which news it is.
    let edition: Int
    private let configuration: Configuration

    init(_ state: Hub.State) {
        let configuration = state.configuration
        self.configuration = configuration
        chains = state.chains
        edition = state.edition
        parts = configuration.upstreams.filter(\.isEnabled).map { settings in
            let isShown = !state.absent.contains(settings.name)
            return CatalogBuilder.Part(
                settings: settings, prefix: configuration.prefix(of: settings),
                listing: (isShown ? state.listings[settings.name] : nil) ?? Listing())
        }
    }

    func builder(digest: @escaping ([UInt8]) -> [UInt8]) -> CatalogBuilder {
        CatalogBuilder(
            maxLength: configuration.names.maxLength, digest: digest,
            instructions: InstructionsMerge(configuration.server),
            notesConcealed: chains.hearsMisses, edit: { [chains] in chains.edit(&$0) })
    }
}
