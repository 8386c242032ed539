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
        /// Whether that connection's requests bring their own envelope.
        var isModern = false
        /// Which session that is: a refusal of an earlier one says nothing about it.
        var session = 0
        /// The same as a conversation in lines with a session, if it is one.
        private(set) var shortcut: Peer?
        var phase = Phase.idle {
            didSet {
                if case .ready(let new) = phase { connected = new } else { connected = nil }
                shortcut = isModern ? nil : connected?.shortcut
            }
        }
        /// The connection whose handshake is under way.
        var opening: (any Connection)?
        var isWanted = false
        /// Why the present session has to be opened again; nil while it need not.
        var forgotten: Failure?
        /// The latest session of which it was proved that the server had forgotten it.
        var lastForgotten = 0
        /// How quickly sessions are forgotten, one after another.
        var forgetting = Backoff()
        /// When the present session was opened again.
        var reopenedAt: ContinuousClock.Instant?
        /// Whether the server has exited on a probe, so that it is not probed again.
        var skipsProbe = false
        /// Whether it has just exited on one, which is no fault and costs no time.
        var startsAtOnce = false
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
        /// What was wrong with each list when it was fetched last, as it was logged.
        var complaints: [Item.Kind: Set<String>] = [:]
        var sessions: [ObjectIdentifier: any LinkClient] = [:]
        var level: LogLevel?
        /// The most verbose level that a request which brings its own envelope has asked for.
        var asked: LogLevel?
        /// How many clients watch each resource, by its original URI.
        var watched: [[UInt8]: Int] = [:]
        /// The resources about whose watching the upstream is being asked.
        var busy: Set<[UInt8]> = []
        /// What a modern server was asked to announce last, and whether it has agreed.
        var listen: Listen?
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
    /// Raised when what should be listened for, or what is, has changed.
    let listening = Signal()
    /// Raised when the upstream was asked about a resource, and others may.
    let turns = Signal()
    /// The `clientInfo` of every request to a modern server.
    let introduction: [UInt8]
    /// Read with every call, so it is kept apart from the phase, which says the same.
    private let wasStopped = Atomic(false)
    /// Whether there are failures that the next answer makes good.
    let mayForgive = Atomic(false)
    /// Read with every answer, so it is kept apart from the rest of the profile.
    let mentionsResources = Atomic(true)
    /// The same for whether its revision has results of types, and no sessions.
    let isModern = Atomic(false)

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
        var writer = JSONWriter()
        services.identity.write(into: &writer)
        introduction = writer.bytes
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
                if startsAtOnce() { continue }
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

    /// Whether the connection ended in a way that asks for another one at once; asked once for each.
    private func startsAtOnce() -> Bool {
        state.withLock { state in
            defer { state.startsAtOnce = false }
            return state.startsAtOnce && !Task.isCancelled
        }
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

    /// What the server said about itself; nil before the first handshake.
    package var profile: ServerProfile? { state.withLock { $0.profile } }

    /// Whether the upstream speaks a revision whose requests bring their own envelope.
    package var speaksModern: Bool { isModern.load(ordering: .relaxed) }

    /// Whether it was taken out of service.
    var isOver: Bool { wasStopped.load(ordering: .relaxed) }

    /// Whether answers of this upstream may hold URIs of its own; unknown counts as yes.
    package var mayMentionResources: Bool { mentionsResources.load(ordering: .relaxed) }

    /// Whether a handshake is under way.
    var isOpening: Bool { state.withLock { $0.opening != nil && $0.connected == nil } }

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
