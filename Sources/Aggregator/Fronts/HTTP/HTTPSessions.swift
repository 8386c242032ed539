import Aggregator
import Machine
import Synchronization
import Wire

/// The sessions over HTTP, by the token that their clients show.
///
/// A token holds what the session was opened with, sealed: a process that shares the key restores a
/// session that another one opened. What was ended here is not restored here.
final class HTTPSessions: Sendable {
    fileprivate struct State {
        var sessions: [[UInt8]: HTTPSession] = [:]
        /// The sessions that are over, oldest first; no more than are worth remembering.
        var ended: Set<UInt128> = []
        var order: [UInt128] = []
    }

    /// For how long a token can be restored elsewhere.
    private static let life = Duration.seconds(86_400)
    private static let mostEnded = 100_000
    /// Capabilities that are larger are not put into a token, which a header has to carry.
    private static let mostBytes = 4096

    private let hub: Hub
    private let kept = KeptEvents()
    private let state = Mutex(State())

    init(_ hub: Hub) { self.hub = hub }

    /// How many there are.
    var count: Int { state.withLock { $0.sessions.count } }

    /// Makes a session for somebody who opens one; the token is for the answer.
    func open(_ envelope: Envelope) -> (session: HTTPSession, token: String) {
        let record = envelope.record
        let token = hub.services.seal(
            record.count > Self.mostBytes ? [] : record, for: .session, of: envelope.principal,
            life: Self.life)
        let session = HTTPSession(hub, envelope.principal, kept)
        add(session, Array(token.utf8))
        return (session, token)
    }

    /// The session of a token that belongs to `principal`; nil when there is none.
    func find(_ token: [UInt8], of principal: Principal) -> HTTPSession? {
        if let known = state.withLock({ $0.sessions[token] }) {
            return known.session.isOf(principal) ? known : nil
        }
        let mark = mark(of: token)
        return state.withLock { $0.ended.contains(mark) } ? nil : restore(token, of: principal)
    }

    /// What is remembered of a token, which may be long: enough that no other has the same.
    private func mark(of token: [UInt8]) -> UInt128 {
        hub.services.digest(token).prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// A session that another process opened, or that had to make room here.
    private func restore(_ token: [UInt8], of principal: Principal) -> HTTPSession? {
        let text = String(decoding: token, as: UTF8.self)
        guard
            let record = hub.services.open(text, for: .session, of: principal),
            !record.isEmpty, let envelope = Envelope(record: record, principal: principal)
        else { return nil }
        let session = HTTPSession(hub, principal, kept)
        session.session.restore(envelope)
        add(session, token)
        hub.services.log(.info, "A session was restored from its token.")
        return session
    }

    private func add(_ session: HTTPSession, _ token: [UInt8]) {
        let most = hub.configuration.limits.sessions
        let evicted = state.withLock { state -> HTTPSession? in
            defer { state.sessions[token] = session }
            guard state.sessions.count >= most else { return nil }
            // The one that was silent for longest; it can be restored if its client comes back.
            let idle = state.sessions.compactMap { entry in
                entry.value.idleSince.map { (entry.key, $0) }
            }
            guard let oldest = idle.min(by: { $0.1 < $1.1 })?.0 else { return nil }
            return state.sessions.removeValue(forKey: oldest)
        }
        evicted?.close()
    }

    /// Ends a session for good.
    func end(_ token: [UInt8]) {
        let mark = mark(of: token)
        let session = state.withLock { state in
            state.note(ended: mark, most: Self.mostEnded)
            return state.sessions.removeValue(forKey: token)
        }
        session?.close()
    }

    /// Ends what has been silent for too long, and keeps the streams that are read from looking dead
    /// when they were silent since `silence`.
    func sweep(_ now: ContinuousClock.Instant, silentSince silence: ContinuousClock.Instant) {
        for session in state.withLock({ Array($0.sessions.values) }) {
            let stream = session.stream
            if stream.isAttached, stream.lastWrite <= silence { stream.keepAlive() }
        }
        let moment = now.advanced(by: .zero - hub.configuration.limits.sessionIdle)
        let idle = state.withLock { state in
            state.sessions.filter { entry in entry.value.idleSince.map { $0 <= moment } ?? false }
        }
        for token in idle.keys { end(token) }
    }

    /// Lets those go who wait for what belongs to no request.
    func releaseReaders() {
        for session in state.withLock({ Array($0.sessions.values) }) { session.stream.finish() }
    }

    /// Ends all of them, as the process goes down.
    func close() {
        let sessions = state.withLock { state in
            defer { state.sessions = [:] }
            return Array(state.sessions.values)
        }
        for session in sessions { session.close() }
    }
}

extension HTTPSessions.State {
    fileprivate mutating func note(ended mark: UInt128, most: Int) {
        guard ended.insert(mark).inserted else { return }
        order.append(mark)
        guard order.count > most else { return }
        for old in order.prefix(most / 2) { ended.remove(old) }
        order.removeFirst(most / 2)
    }
}
