import Synchronization
package import Wire

/// The whole of the domain: the configured upstreams, the merged catalog, the sessions.
///
/// Everything that can be known before a call is computed before it; a call reads snapshots.
package final class Hub: Sendable {
    /// What changes; read and swapped under the lock.
    struct State {
        var configuration: Configuration { didSet { makeRoutes() } }
        var endpoints: [String: any Endpoint]
        var chains: Chains { didSet { makeRoutes() } }
        var links: [LinkKey: Link] = [:]
        var listings: [String: Listing] = [:]
        /// Upstreams that failed so often that their items are not shown.
        var absent: Set<String> = []
        var names = NameTable()
        /// Names given out while upstreams that may have an older claim are still starting.
        var provisionalNames: NameTable?
        /// Until when such names may still move; set when the first client comes.
        var settlesAt: ContinuousClock.Instant?
        var catalog = Catalog.empty { didSet { makeRoutes() } }
        var sessions: [ObjectIdentifier: Session] = [:]
        /// Why the configuration file as it is now is not in force; nil when it is.
        var configurationProblem: String?
        /// Whether the catalog lags behind the listings.
        var isStale = false
        /// URIs that upstreams mentioned without listing them.
        var mentioned = MentionedURIs()
        /// Made of the configuration, the chains and the catalog whenever one of them changes.
        private(set) var routes: Routes

        init(_ configuration: Configuration, _ endpoints: [String: any Endpoint], _ chains: Chains)
        {
            self.configuration = configuration
            self.endpoints = endpoints
            self.chains = chains
            routes = Routes(.empty, chains, inFlightLimit: configuration.limits.inFlight)
        }

        private mutating func makeRoutes() {
            routes = Routes(catalog, chains, inFlightLimit: configuration.limits.inFlight)
        }
    }

    /// What tells links of one upstream apart: capabilities are frozen at `initialize`.
    struct LinkKey: Hashable {
        let upstream: String
        let principal: Principal
        let offered: [UInt8]
    }

    package let services: Services
    package let limits: Limits
    let storage: any CatalogStorage
    let nursery = Nursery()
    let state: Mutex<State>
    /// Raised when the listings changed and the catalog has to be made anew.
    let staleness = Signal()
    /// Raised when the catalog or the state of a link has changed.
    let changed = Signal()

    /// `endpoints` has one for every enabled upstream of the configuration.
    package init(
        configuration: Configuration, endpoints: [String: any Endpoint], plugins: [any Plugin],
        services: Services, storage: any CatalogStorage
    ) {
        self.services = services
        self.storage = storage
        limits = Limits(bytes: configuration.limits.message)
        // The last step of the chain is set below, once `self` exists.
        state = Mutex(State(configuration, endpoints, Chains([], last: { _ in .empty })))
        state.withLock { $0.chains = chains(plugins) }
        warmUp()
    }

    /// The plugins around our own last step.
    func chains(_ plugins: [any Plugin]) -> Chains {
        Chains(plugins) { [unowned self] (call) async throws(Failure) -> Answer in
            try await self.forward(call)
        }
    }

    /// Keeps the links, the catalog and the deadlines alive until the task is cancelled.
    package func run() async {
        nursery.start { await self.keepCatalog() }
        nursery.start { await self.keepDeadlines() }
        await nursery.run()
    }

    package var configuration: Configuration { state.withLock { $0.configuration } }
    package var catalog: Catalog { state.withLock { $0.catalog } }
    /// What a request reads on its way.
    var routes: Routes { state.withLock { $0.routes } }

    // MARK: Sessions

    /// Connects a session that has just said who it is; returns the `InitializeResult`.
    func open(_ session: Session, _ envelope: Envelope) -> [UInt8] {
        state.withLock { state in
            state.sessions[ObjectIdentifier(session)] = session
            state.settlesAt =
                state.settlesAt
                ?? services.time.now.advanced(by: state.configuration.limits.startWait)
        }
        attach(session)
        let catalog = catalog
        return InitializeResult(
            revision: envelope.revision, identity: services.identity,
            instructions: catalog.instructions
        ).json
    }

    /// Forgets a session that has ended.
    func close(_ session: Session) {
        state.withLock { _ = $0.sessions.removeValue(forKey: ObjectIdentifier(session)) }
        for link in session.links.all { link.detach(session) }
    }

    /// Ends the links that no client needs any more, such as those made for capabilities that a
    /// second `initialize` has replaced.
    private func stopUnusedLinks() {
        let unused = state.withLock { state in
            let unused = state.links.filter { $0.value.clients.isEmpty }
            for (key, _) in unused { state.links[key] = nil }
            return Array(unused.values)
        }
        for link in unused { link.stop() }
    }

    /// Gives the session a link to every upstream, started in parallel.
    func attach(_ session: Session) {
        let envelope = session.envelope
        let (mine, new) = state.withLock { state -> ([Link], [Link]) in
            var mine: [Link] = []
            var new: [Link] = []
            for settings in state.configuration.upstreams where settings.isEnabled {
                let key = LinkKey(
                    upstream: settings.name, principal: envelope.principal,
                    offered: envelope.capabilities.offered)
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
        session.state.withLock { $0.links = LinkSet(mine) }
        for link in mine { link.attach(session) }
        stopUnusedLinks()
        for link in new { nursery.start { await link.run() } }
    }

    /// The link through which a client reaches an upstream; after a reload under a waiting call it
    /// is not the one that the call set out with.
    func link(to target: Target, for caller: Caller) throws(Failure) -> Link {
        if let link = caller.links[target], !link.isOver { return link }
        let key = LinkKey(
            upstream: target.upstream, principal: caller.envelope.principal,
            offered: caller.envelope.capabilities.offered)
        if let link = state.withLock({ $0.links[key] }) { return link }
        return try caller.links.link(to: target)
    }

    // MARK: Time

    /// Looks for calls that have waited too long; often enough for the shortest deadline.
    private func keepDeadlines() async {
        while !Task.isCancelled {
            let (links, grain) = state.withLock { state in
                let shortest =
                    state.configuration.upstreams
                    .map {
                        min($0.timeouts.start, $0.timeouts.idle, $0.timeouts.total ?? .seconds(300))
                    }
                    .min() ?? .seconds(60)
                return (Array(state.links.values), max(.milliseconds(50), shortest / 8))
            }
            let now = services.time.now
            for link in links { link.sweep(now: now) }
            await services.time.sleep(for: grain)
        }
    }
}
