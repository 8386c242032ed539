import Synchronization
import Wire

/// One upstream as one kind of client sees it: its life, its handshake, what is replayed after a loss.
///
/// Links are keyed by what was offered in the handshake, because a server may build its tools on
/// it. A link outlives its connections: callers only ever notice a loss if their
/// own call was under way (promise 4).
package final class Link: Sendable {
    /// What changes in its life; read and changed under the lock.
    struct State {
        /// The connection while the phase is `ready`.
        ///
        /// What every call reads comes first: phases hold instants, and what lies behind those has
        /// no fixed place.
        private(set) var connected: (any Connection)?
        /// The same as a conversation in lines, if it is one.
        private(set) var shortcut: Peer?
        var phase = Phase.idle {
            didSet {
                if case .ready(let new) = phase { connected = new } else { connected = nil }
                shortcut = connected?.shortcut
            }
        }
        /// The connection whose handshake is under way.
        var opening: (any Connection)?
        var isWanted = false
        /// Tries that never became ready, ever; a waiting call gives up after one more.
        var failedTries = 0
        /// Whether the present try has come as far as being ready: its end is a loss, not a failure.
        var hasBeenReady = false
        var backoff = Backoff()
        var profile: ServerProfile?
        /// Whether the lists of the present connection have been fetched once.
        var isListed = false
        /// Whether any try has come to a conclusion yet.
        var hasConcluded = false
        var readySince: ContinuousClock.Instant?
        var startedAt: ContinuousClock.Instant?
        /// From the start of the latest successful try to the end of its handshake.
        var startTook: Duration?
        /// Why the latest try that failed or connection that was lost ended.
        var lastFailure: Failure?
        /// What the latest line was that had to be skipped.
        var lastNoise: String?
        var stale: Set<Item.Kind> = []
        var listing = Listing()
        var sessions: [ObjectIdentifier: any LinkClient] = [:]
        var level: LogLevel?
        /// How many clients watch each resource, by its original URI.
        var watched: [[UInt8]: Int] = [:]
    }

    package let name: String
    private let entry: Mutex<Configuration.Upstream>
    package let envelope: Envelope
    package let counters = Counters()
    let endpoint: any Endpoint
    let services: Services
    let owner: any LinkOwner
    let state = Mutex(State())
    let changed = Signal()
    let staleness = Signal()
    /// Read with every call, so it is kept apart from the phase, which says the same.
    private let wasStopped = Atomic(false)
    /// Whether there are failures that the next answer makes good.
    private let mayForgive = Atomic(false)
    /// Read with every answer, so it is kept apart from the rest of the profile.
    let mentionsResources = Atomic(true)

    /// A link that connects once it is wanted and run.
    package init(
        settings: Configuration.Upstream, endpoint: any Endpoint, envelope: Envelope,
        services: Services, owner: any LinkOwner
    ) {
        name = settings.name
        entry = Mutex(settings)
        self.endpoint = endpoint
        self.envelope = envelope
        self.services = services
        self.owner = owner
    }

    /// The upstream's entry as the configuration has it now.
    package var settings: Configuration.Upstream { entry.withLock { $0 } }

    /// Takes over an entry that the running server needs no restart for.
    func adopt(_ settings: Configuration.Upstream) {
        entry.withLock { $0 = settings }
    }

    // MARK: Life

    /// Says that somebody needs the upstream, now or soon.
    package func wake() {
        let isNew = state.withLock { state in
            defer { state.isWanted = true }
            return !state.isWanted
        }
        if isNew { changed.raise() }
    }

    /// Takes the link out of service; `run` returns once its connection is gone.
    package func stop() {
        wasStopped.store(true, ordering: .relaxed)
        state.withLock { $0.phase = .ended }
        changed.raise()
    }

    /// Keeps the upstream connected from the first time it is wanted until it is stopped.
    package func run() async {
        while await isDue() {
            enter(.starting)
            counters.starts.add(1)
            state.withLock { $0.startedAt = services.time.now }
            let failure: Failure
            do throws(Failure) {
                failure = await serve(try await endpoint.connect())
                counters.losses.add(1)
            } catch {
                failure = error
            }
            guard !Task.isCancelled else { break }
            rest(after: failure)
        }
        stop()
        owner.linkChanged(self)
    }

    /// Waits until the next try is due; false once the link is out of service.
    private func isDue() async -> Bool {
        while !Task.isCancelled {
            let version = changed.version
            let (phase, isWanted) = state.withLock { ($0.phase, $0.isWanted) }
            switch phase {
            case .ended: return false
            case .idle:
                if isWanted { return true }
                await changed.wait(after: version)
            case .resting(let until, _), .broken(let until, _):
                if services.time.now >= until { return true }
                await changed.wait(after: version, until: until, on: services.time)
            case .starting, .ready: return true
            }
        }
        return false
    }

    /// Runs one connection from handshake to loss and says why it ended.
    private func serve(_ connection: any Connection) async -> Failure {
        await withTaskGroup(of: Failure?.self, returning: Failure.self) { group in
            group.addImmediateTask { await connection.run(self) }
            group.addImmediateTask { await self.open(connection) }
            group.addImmediateTask { await self.untilStopped() }
            var reason: Failure?
            for await ending in group {
                guard let ending else { continue }
                // The first reason is the cause; the others follow from the cancellation.
                if reason == nil {
                    reason = ending
                    leave()
                    group.cancelAll()
                }
            }
            return reason ?? Failure(.stopping, "Manifold is stopping.", upstream: name)
        }
    }

    private func untilStopped() async -> Failure? {
        while !Task.isCancelled {
            let version = changed.version
            if case .ended = state.withLock({ $0.phase }) {
                return Failure(
                    .stopping, "Upstream '\(name)' was taken out of service.", upstream: name)
            }
            await changed.wait(after: version)
        }
        return nil
    }

    // MARK: Phases

    /// Moves on, unless the link has been taken out of service.
    func enter(_ phase: Phase) {
        state.withLock { state in
            if case .ended = state.phase { return }
            state.phase = phase
        }
        changed.raise()
        owner.linkChanged(self)
    }

    /// The connection is going: nobody may begin anything on it any more.
    func leave() {
        state.withLock { state in
            if case .ready = state.phase { state.phase = .starting }
            // Long service counts as useful work, however it ended.
            if let since = state.readySince,
                since.advanced(by: .seconds(10)) <= services.time.now
            {
                state.backoff.succeeded()
            }
            state.readySince = nil
        }
        changed.raise()
    }

    /// A call found the connection closed: nobody else is to try it while it is being cleared away.
    func abandon(_ connection: any Connection) {
        state.withLock { state in
            guard case .ready(let present) = state.phase, present === connection else { return }
            state.phase = .starting
        }
    }

    private func rest(after failure: Failure) {
        let fraction = services.random()
        let now = services.time.now
        mayForgive.store(true, ordering: .relaxed)
        let delay = state.withLock { state -> Duration? in
            let delay = state.backoff.failed(fraction: fraction)
            state.lastFailure = failure
            // Whoever waits has not been failed by a connection that they were never given.
            if !state.hasBeenReady { state.failedTries += 1 }
            state.hasBeenReady = false
            state.hasConcluded = true
            if case .ended = state.phase { return nil }
            let until = now.advanced(by: delay)
            state.phase =
                state.backoff.isBroken
                ? .broken(until: until, failure) : .resting(until: until, failure)
            return delay
        }
        // Nobody tries again what was taken out of service.
        guard let delay else { return }
        services.log(
            .warning, "\(failure.message) Upstream '\(name)' is tried again in \(delay.described).")
        changed.raise()
        owner.linkChanged(self)
    }

    /// Notes that a call was answered: the upstream works.
    func didWork() {
        guard mayForgive.load(ordering: .relaxed) else { return }
        mayForgive.store(false, ordering: .relaxed)
        state.withLock { $0.backoff.succeeded() }
    }

    /// What the server said about itself; nil before the first handshake.
    package var profile: ServerProfile? { state.withLock { $0.profile } }

    /// Whether it was taken out of service.
    var isOver: Bool { wasStopped.load(ordering: .relaxed) }

    /// Whether answers of this upstream may hold URIs of its own; unknown counts as yes.
    package var mayMentionResources: Bool { mentionsResources.load(ordering: .relaxed) }

    /// Whether a try is under way whose outcome decides what clients see.
    var isComingUp: Bool {
        state.withLock { state in
            switch state.phase {
            case .starting: true
            case .ready: !state.isListed
            case .idle, .resting, .broken, .ended: false
            }
        }
    }

    /// Whether its first try has not come to an end yet; its tools may still appear.
    package var isStillStarting: Bool {
        state.withLock { state in
            switch state.phase {
            case .starting, .idle: !state.hasConcluded
            case .ready: !state.isListed
            case .resting, .broken, .ended: false
            }
        }
    }
}

/// What a link tells whoever owns it.
package protocol LinkOwner: AnyObject, Sendable {
    /// Its phase, or what is known of it, has changed.
    func linkChanged(_ link: Link)

    /// Its lists have been fetched, for the first time or again.
    func link(_ link: Link, listed listing: Listing)

    /// Starts work that the link itself does not wait for.
    func start(_ work: @escaping @Sendable () async -> Void)
}

/// A client session as its links see it.
package protocol LinkClient: Outlet {
    var envelope: Envelope { get }

    /// The URI under which the client watches an upstream's resource, or one above it; nil if it
    /// does not.
    func watched(_ uri: [UInt8], of upstream: String) -> [UInt8]?

    /// The least severe level that the client wants to see, if it said so for all that it is told.
    var logLevel: LogLevel? { get }
}
