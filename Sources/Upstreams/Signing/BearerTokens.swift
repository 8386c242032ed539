import Aggregator
import Machine
import Synchronization

/// Bearer tokens: asked for when first needed, kept in memory, replaced before they expire.
///
/// Of many calls that need a token one asks for it and the others wait. A caller that is cancelled
/// takes nothing from them: if it was the one that asked, the next one asks. A failure goes to those
/// who waited for it; later calls try anew.
final class BearerTokens: Authorizer {
    /// Asks for a token; a failure names the upstream.
    typealias Ask = @Sendable () async throws(Failure) -> AccessToken

    /// How long a token that replaced a refused one is not replaced again: it is not the token then.
    private static let renewalPause = Duration.seconds(60)
    /// How long a token that is still good is used on when it could not be replaced.
    private static let retryPause = Duration.seconds(10)

    /// One request for a token, and what it came to.
    private final class Flight: Sendable {
        let landed = Signal()
        let outcome = Mutex<Result<AccessToken, Failure>?>(nil)
    }

    private struct State {
        var token: AccessToken?
        var flight: Flight?
        /// Before this, a stale token is not replaced.
        var pausedUntil: ContinuousClock.Instant?
        /// Whether the last token was refused, and not replaced yet.
        var wasRefused = false
    }

    private enum Step {
        case use(AccessToken)
        case ask(Flight)
        case wait(Flight)
    }

    private let upstream: String
    private let time: any Timekeeper
    private let newToken: Ask
    private let state = Mutex(State())

    /// Tokens for an upstream.
    init(upstream: String, time: any Timekeeper, ask: @escaping Ask) {
        self.upstream = upstream
        self.time = time
        newToken = ask
    }

    func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {
        let token = try await token()
        request.set("Authorization", "Bearer \(token.text)")
    }

    func refused(
        _ request: HTTPClientRequest, status: Int, fields: HTTPFields, body: [UInt8]
    ) async -> Bool {
        guard status == 401, let sent = request["Authorization"] else { return false }
        let mayRenew = state.withLock { state -> Bool in
            // Another call has had it replaced, or is about to.
            guard let token = state.token, sent == "Bearer \(token.text)" else { return true }
            if token.isRenewal, time.now < token.born + Self.renewalPause { return false }
            state.token = nil
            state.wasRefused = true
            return true
        }
        guard mayRenew else { return false }
        return (try? await token()) != nil
    }
}

// MARK: One at a time

extension BearerTokens {
    private func token() async throws(Failure) -> AccessToken {
        while true {
            if Task.isCancelled {
                // Who takes leave of a server waits for nothing, but may use what is there.
                guard let token = presentToken else { throw cancelled }
                return token
            }
            switch step() {
            case .use(let token): return token
            case .ask(let flight): return try await ask(flight)
            case .wait(let flight):
                await flight.landed.wait(after: 0)
                // Without an outcome, whoever asked was cancelled, or this task is.
                if let outcome = flight.outcome.withLock({ $0 }) { return try outcome.get() }
            }
        }
    }

    /// The token, if the server does not refuse it yet.
    private var presentToken: AccessToken? {
        let now = time.now
        return state.withLock { state in state.token.flatMap { now < $0.expires ? $0 : nil } }
    }

    private func step() -> Step {
        let now = time.now
        return state.withLock { state in
            if let token = state.token, now < token.expires {
                let isFresh = now < token.stale
                // While one replaces it, the others use it as long as it is good.
                let isKept = state.flight != nil || state.pausedUntil.map { now < $0 } == true
                if isFresh || isKept { return .use(token) }
            }
            if let flight = state.flight { return .wait(flight) }
            let flight = Flight()
            state.flight = flight
            return .ask(flight)
        }
    }

    private func ask(_ flight: Flight) async throws(Failure) -> AccessToken {
        let outcome: Result<AccessToken, Failure>
        do throws(Failure) {
            outcome = .success(try await newToken())
        } catch {
            outcome = .failure(error)
        }
        let settled = settle(outcome, flight)
        flight.landed.raise()
        return try settled.get()
    }

    /// Ends the flight; a token that is still good covers for a failure.
    private func settle(_ outcome: Result<AccessToken, Failure>, _ flight: Flight)
        -> Result<AccessToken, Failure>
    {
        let now = time.now
        let settled = state.withLock { state -> Result<AccessToken, Failure> in
            state.flight = nil
            switch outcome {
            case .success(var token):
                token.isRenewal = state.wasRefused
                state.token = token
                state.wasRefused = false
                state.pausedUntil = nil
                return outcome
            case .failure(let failure):
                guard failure.code != .cancelled, let token = state.token, now < token.expires
                else {
                    return outcome
                }
                state.pausedUntil = now + Self.retryPause
                return .success(token)
            }
        }
        if case .failure(let failure) = settled, failure.code == .cancelled { return settled }
        flight.outcome.withLock { $0 = settled }
        return settled
    }

    private var cancelled: Failure {
        Failure(.cancelled, "The request was cancelled.", upstream: upstream)
    }
}
