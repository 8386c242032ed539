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
        /// Everybody who has links and hears of changes.
        var clients: [ObjectIdentifier: any HubClient] = [:]
        /// Who holds the links for requests without a session, by what they have in common.
        var visitors: [Visitor.Key: Visitor] = [:]
        /// Since when links have had no client.
        var lonely: [LinkKey: ContinuousClock.Instant] = [:]
        /// Why the configuration file as it is now is not in force; nil when it is.
        var configurationProblem: String?
        /// When each server, by its fingerprint, was found to open with `initialize`: seconds since 1970.
        var legacySince: [String: Int] = [:]
        /// Whether the catalog lags behind the listings.
        var isStale = false { didSet { if isStale { edition += 1 } } }
        /// How often that was said: what comes while plugins look at the items is not among them.
        private(set) var edition = 0
        /// URIs that upstreams mentioned without listing them.
        var mentioned = MentionedURIs()
        /// Made of the configuration, the chains and the catalog whenever one of them changes.
        private(set) var routes: Routes

        init(_ configuration: Configuration, _ endpoints: [String: any Endpoint], _ chains: Chains)
        {
            self.configuration = configuration
            self.endpoints = endpoints
            self.chains = chains
            // What the owner says to clients need not wait for any server.
            let own = InstructionsMerge(configuration.server).merge([])
            let nothing = Catalog(entries: [], instructions: own)
            catalog = nothing
            routes = Routes(nothing, chains, inFlightLimit: configuration.limits.inFlight)
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
        /// Whether its clients are asked through answers, which decides how a server of both eras is
        /// opened; without a meaning where nothing can be asked.
        let asksInAnswers: Bool

        /// The key of the links that clients of this kind share.
        init(_ upstream: String, _ envelope: Envelope) {
            let isModern = envelope.revision.isModern
            let able = envelope.capabilities
            self.upstream = upstream
            principal = envelope.principal
            offered = isModern ? able.interactive.offered : able.offered
            asksInAnswers = isModern && able.isInteractive
        }
    }

    package let services: Services
    package let limits: Limits
    let storage: any CatalogStorage
    let nursery = Nursery()
    /// What plugins do besides judging.
    let lives = PluginLives()
    /// How many pages clients were asked to open that had no id of their own.
    let pages = Atomic(0)
    let parks: Parks
    let state: Mutex<State>
    /// Raised when the listings changed and the catalog has to be made anew.
    let staleness = Signal()
    /// Raised when the catalog or the state of a link has changed.
    let changed = Signal()

    /// `endpoints` has one for every enabled upstream of the configuration.
    package init(
        configuration: Configuration, endpoints: [String: any Endpoint], plugins: [any Plugin],
        services: Services, storage: any CatalogStorage, parks: ParkLimits = ParkLimits()
    ) {
        self.services = services
        self.parks = Parks(parks)
        self.storage = storage
        limits = Limits(bytes: configuration.limits.message)
        // The last step of the chain is set below, once `self` exists.
        let none = Chains([], time: services.time, last: { _ in .empty })
        state = Mutex(State(configuration, endpoints, none))
        state.withLock { $0.chains = chains(plugins) }
        warmUp()
    }

    /// The plugins around our own last step.
    func chains(_ plugins: [any Plugin]) -> Chains {
        Chains(plugins, time: services.time, log: services.log) {
            [unowned self] (call) async throws(Failure) -> Answer in
            try await self.forward(call)
        }
    }

    /// Keeps the links, the catalog and the deadlines alive until the task is cancelled.
    package func run() async {
        nursery.start { await self.keepCatalog() }
        nursery.start { await self.keepDeadlines() }
        startLives(routes.chains)
        await nursery.run()
        // Links hold on to us as we do to them; what they hold ends outside of the lock.
        let links = state.withLock { state in
            defer { state.links = [:] }
            return state.links
        }
        withExtendedLifetime(links) {}
    }

    package var configuration: Configuration { state.withLock { $0.configuration } }
    package var catalog: Catalog { state.withLock { $0.catalog } }
    /// How many calls wait for their clients, or have an outcome that those may ask for again.
    package var parked: Int { parks.count }
    /// What a request reads on its way.
    var routes: Routes { state.withLock { $0.routes } }

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
            let version = changed.version
            let now = services.time.now
            // First, so that what was asked gets its fitting answer.
            parks.sweep(now: now)
            for link in links { link.sweep(now: now) }
            giveUpIdle(now)
            // A probe has less time than any call, and nobody but its link waits for it.
            let isProbing = links.contains { $0.isOpening }
            let next = now.advanced(by: isProbing ? min(grain, .seconds(1)) : grain)
            await changed.wait(after: version, until: next, on: services.time)
        }
    }
}
