import Aggregator
import Synchronization

/// Credentials that are fetched when first needed and again before they expire.
///
/// Of many who need them one fetches and the others wait, or use the old ones while those are good
/// for ten minutes more. A caller that is cancelled takes nothing from the others. A failure is for
/// nobody as long as the old ones are valid.
final class RefreshingCredentials: CredentialsProvider {
    /// Gets new ones.
    typealias Fetch = @Sendable () async throws(Failure) -> AWSCredentials

    /// When one replaces them and the others use them on, in seconds before they expire.
    private static let advisory: Int64 = 15 * 60
    /// When all wait for new ones, in seconds before the old expire.
    private static let mandatory: Int64 = 10 * 60
    /// How long, in seconds, new ones are used before others are fetched: some live shorter than the
    /// time that they are to be replaced before.
    private static let least: Int64 = 60
    /// How long, in seconds, old ones are used on after new ones could not be had.
    private static let pause: Int64 = 10

    /// One fetching, and what it came to.
    private final class Flight: Sendable {
        let landed = Signal()
        let outcome = Mutex<Result<AWSCredentials, Failure>?>(nil)
    }

    private struct State {
        var credentials: AWSCredentials?
        var fetched: Int64 = 0
        var flight: Flight?
        /// Before this, in seconds since 1970, nothing is fetched that can wait.
        var pausedUntil: Int64 = 0
        /// Whether the last ones were refused and these came instead.
        var isRenewal = false
        var wasRefused = false
    }

    private enum Step {
        case use(AWSCredentials)
        case fetch(Flight)
        case wait(Flight)
    }

    private let clock: AWSClock
    private let fetch: Fetch
    private let state = Mutex(State())

    init(clock: AWSClock, fetch: @escaping Fetch) {
        self.clock = clock
        self.fetch = fetch
    }

    func credentials() async throws(Failure) -> AWSCredentials {
        while true {
            if Task.isCancelled { throw Self.cancelled }
            switch step() {
            case .use(let credentials): return credentials
            case .fetch(let flight): return try await settle(flight)
            case .wait(let flight):
                await flight.landed.wait(after: 0)
                // Without an outcome, whoever fetched was cancelled, or this task is.
                if let outcome = flight.outcome.withLock({ $0 }) { return try outcome.get() }
            }
        }
    }

    func refused(_ credentials: AWSCredentials) async -> Bool {
        let now = clock.now
        let mayRenew = state.withLock { state -> Bool in
            // Another call has had them replaced, or is about to.
            guard let current = state.credentials, current == credentials else { return true }
            if state.isRenewal, now < state.fetched + Self.least { return false }
            state.credentials = nil
            state.wasRefused = true
            return true
        }
        guard mayRenew, let renewed = try? await self.credentials() else { return false }
        return renewed != credentials
    }
}

// MARK: One at a time

extension RefreshingCredentials {
    private static let cancelled = Failure(.cancelled, "The request was cancelled.")

    private func step() -> Step {
        let now = clock.now
        return state.withLock { state in
            if let credentials = state.credentials {
                let left = credentials.expires.map { $0 - now } ?? .max
                let isKept =
                    now < state.pausedUntil || now < state.fetched + Self.least
                    || state.flight != nil && left > Self.mandatory
                if left > Self.advisory || left > 0 && isKept { return .use(credentials) }
            }
            if let flight = state.flight { return .wait(flight) }
            let flight = Flight()
            state.flight = flight
            return .fetch(flight)
        }
    }

    private func settle(_ flight: Flight) async throws(Failure) -> AWSCredentials {
        let outcome = await outcome()
        let now = clock.now
        let settled = state.withLock { state -> Result<AWSCredentials, Failure> in
            state.flight = nil
            switch outcome {
            case .success(let credentials):
                state.credentials = credentials
                state.fetched = now
                state.pausedUntil = 0
                state.isRenewal = state.wasRefused
                state.wasRefused = false
                return outcome
            case .failure(let failure):
                guard failure.code != .cancelled, let old = state.credentials,
                    old.expires ?? .max > now
                else { return outcome }
                state.pausedUntil = now + Self.pause
                return .success(old)
            }
        }
        let isCancelled =
            if case .failure(let failure) = settled { failure.code == .cancelled } else { false }
        if !isCancelled { flight.outcome.withLock { $0 = settled } }
        flight.landed.raise()
        return try settled.get()
    }

    private func outcome() async -> Result<AWSCredentials, Failure> {
        do throws(Failure) {
            let credentials = try await fetch()
            if let expires = credentials.expires, expires <= clock.now {
                return .failure(
                    .credentials(
                        "those from \(credentials.source) expired at \(Moment.text(expires))"))
            }
            return .success(credentials)
        } catch {
            return .failure(Task.isCancelled ? Self.cancelled : error)
        }
    }
}
