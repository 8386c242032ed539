import Aggregator
import Synchronization
import Wire

/// The child behind a bridge: started when it is first needed, and with the next request when it has
/// died; a new one is told what the old one was told.
final class BridgedChild: Sendable {
    fileprivate struct State {
        var connection: (any Connection)?
        /// The connection from its opening to its end.
        var present: (any Connection)?
        var isWanted = false
        /// Whoever wants it brings a handshake.
        var isOpened = false
        /// Whether the present child has answered anything.
        var hasWorked = false
        /// Whether a request has got no sign of life in time, and there was none since.
        var isStuck = false
        var failedTries = 0
        var lastFailure: Failure?
        var backoff = Backoff()
        var restsUntil: ContinuousClock.Instant?
        var handshake = Handshake()
        var endpoint: (any Endpoint)?
        var sessionId: String?
        var hasSession = false
    }

    private let settings: BridgeFrontSettings
    private let state = Mutex(State())
    /// Raised when somebody needs a child that is not there.
    private let wanted = Signal()
    /// Raised when a child is there, or a start has failed.
    private let changed = Signal()

    /// A child that is not started yet.
    init(_ settings: BridgeFrontSettings) { self.settings = settings }

    /// The first request of all says which session of the runtime this is.
    func note(session: String?) {
        state.withLock { state in
            guard !state.hasSession else { return }
            (state.hasSession, state.sessionId) = (true, session)
        }
    }

    /// Remembers a request that was answered, for the next child.
    func note(answered request: Message) {
        state.withLock { state in
            state.works()
            state.handshake.note(request)
        }
    }

    /// The child has given a sign of life.
    func heard() { state.withLock { $0.isStuck = false } }

    /// A request got no answer in time.
    func isSilent() { state.withLock { $0.isStuck = true } }

    /// Whether it serves, or can be expected to: false after a start that failed, after an end
    /// without an answer, and while it answers nothing in time.
    var isSound: Bool { state.withLock { $0.lastFailure == nil && !$0.isStuck } }

    /// Fails what has waited for too long.
    func sweep(_ now: ContinuousClock.Instant) {
        state.withLock { $0.present }?.sweep(now: now)
    }

    /// The present conversation's ids.
    var peer: Peer? { state.withLock { $0.present }?.shortcut }

    // MARK: Being asked for

    /// The conversation with a child that is there; starts one if need be.
    ///
    /// `opening` says that the request that needs it opens the conversation by itself.
    func connection(opening: Bool) async throws(Failure) -> any Connection {
        let tries = state.withLock { $0.failedTries }
        while true {
            let version = changed.version
            if let connection = try present(opening: opening, after: tries) { return connection }
            guard !Task.isCancelled else {
                throw Failure(.cancelled, "The request was cancelled.", upstream: settings.name)
            }
            await changed.wait(after: version)
        }
    }

    private func present(
        opening: Bool, after tries: Int
    ) throws(Failure) -> (any Connection)? {
        let (connection, failure, isNew) = state.withLock { state in
            state.look(opening: opening, after: tries) { settings.time.now }
        }
        if let failure { throw failure }
        if isNew { wanted.raise() }
        return connection
    }

    // MARK: Living

    /// Keeps it for those who ask, until the task is cancelled.
    func run(_ inbox: any Inbox) async {
        while !Task.isCancelled {
            let version = wanted.version
            guard state.withLock({ $0.isWanted }) else {
                await wanted.wait(after: version)
                continue
            }
            let failure: Failure
            do throws(Failure) {
                failure = await serve(try await endpoint().connect(), inbox)
            } catch {
                failure = error
            }
            conclude(failure)
        }
    }

    /// The endpoint, made with the session of the first request.
    private func endpoint() throws(Failure) -> any Endpoint {
        let (known, sessionId) = state.withLock { ($0.endpoint, $0.sessionId) }
        if let known { return known }
        let endpoint = try settings.endpoint(sessionId)
        state.withLock { $0.endpoint = endpoint }
        return endpoint
    }

    private func serve(_ connection: any Connection, _ inbox: any Inbox) async -> Failure {
        state.withLock { state in
            (state.present, state.hasWorked, state.isStuck) = (connection, false, false)
        }
        return await withTaskGroup(of: Failure?.self, returning: Failure.self) { group in
            group.addImmediateTask { await connection.run(inbox) }
            group.addImmediateTask { await self.greet(connection) }
            var reason: Failure?
            for await case let ending? in group where reason == nil {
                reason = ending
                leave()
                group.cancelAll()
            }
            return reason
                ?? Failure(.stopping, "The bridge is stopping.", upstream: settings.name)
        }
    }

    /// Nobody may begin anything with the child any more.
    func leave() { state.withLock { $0.connection = nil } }

    /// Tells a new child what its client told the old one; nil when that is done.
    private func greet(_ connection: any Connection) async -> Failure? {
        let (handshake, isOpened) = state.withLock { ($0.handshake, $0.isOpened) }
        do throws(Failure) {
            if let opening = handshake.opening, !isOpened {
                try await replay(opening, handshake.rest, to: connection)
            }
        } catch {
            return error
        }
        state.withLock { state in
            state.isWanted = false
            if state.present === connection { state.connection = connection }
        }
        changed.raise()
        return nil
    }

    private func replay(
        _ opening: Message, _ rest: [Message], to connection: any Connection
    ) async throws(Failure) {
        let answer = try await connection.call(Self.call(opening))
        guard answer.kind == .result else {
            throw Failure(
                .unavailable,
                "'\(settings.name)' was started again and refused its handshake.",
                upstream: settings.name)
        }
        connection.notify(try Request.draft(.initialized, isNotification: true))
        for request in rest { _ = try await connection.call(Self.call(request)) }
        state.withLock { $0.works() }
        settings.log(.info, "'\(settings.name)' was started again and told what it has to know.")
    }

    private static func call(_ request: Message) -> Call {
        Call(draft: Draft(request), method: request.method, target: nil, caller: nil)
    }

    /// What its end means for those who ask for it next.
    private func conclude(_ failure: Failure) {
        let now = settings.time.now
        let isLoss = state.withLock { state in
            let isLoss = state.hasWorked
            (state.connection, state.present, state.hasWorked) = (nil, nil, false)
            (state.isStuck, state.restsUntil) = (false, nil)
            state.lastFailure = isLoss ? nil : failure
            guard !isLoss else {
                state.backoff.succeeded()
                return true
            }
            state.isWanted = false
            state.failedTries += 1
            let delay = state.backoff.failed(fraction: settings.random())
            // The first few tries are those of the client, who waits for each.
            if state.backoff.isBroken { state.restsUntil = now.advanced(by: delay) }
            return false
        }
        if !Task.isCancelled { settings.log(isLoss ? .warning : .error, failure.account) }
        changed.raise()
    }
}

extension BridgedChild.State {
    /// The connection, or why there is none and will be none soon; else one is wanted from now on.
    fileprivate mutating func look(
        opening: Bool, after tries: Int, _ clock: () -> ContinuousClock.Instant
    ) -> (connection: (any Connection)?, failure: Failure?, isNew: Bool) {
        if let connection { return (connection, nil, false) }
        let now = clock()
        let rests = restsUntil.map { $0 > now } ?? false
        if rests || failedTries > tries { return (nil, refusal(at: now), false) }
        defer { isWanted = true }
        if !isWanted { isOpened = opening }
        return (nil, nil, !isWanted)
    }

    /// Why there is no child, and when the next is tried if not with the next request.
    private func refusal(at now: ContinuousClock.Instant) -> Failure? {
        guard let failure = lastFailure else { return nil }
        var words = failure.account
        if let until = restsUntil, until > now {
            words += " The next try is in \(now.duration(to: until).described)."
        }
        return Failure(failure.code, words, upstream: failure.upstream, clue: failure.clue)
    }

    /// The present child has answered something.
    fileprivate mutating func works() {
        (hasWorked, isStuck, lastFailure) = (true, false, nil)
    }
}
