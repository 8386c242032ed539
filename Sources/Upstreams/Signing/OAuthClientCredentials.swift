package import Aggregator
package import Machine
import Synchronization

/// Bearer tokens by OAuth's client credentials grant: asked for when first needed, kept in memory,
/// replaced before they expire.
///
/// Of many calls that need a token one asks for it and the others wait. A caller that is cancelled
/// takes nothing from them: if it was the one that asked, the next one asks. A failure goes to those
/// who waited for it; later calls try anew.
package final class OAuthClientCredentials: Authorizer {
    /// Sends the request for a token; the status and the body of the answer.
    package typealias Exchange =
        @Sendable (HTTPClientRequest) async throws(MachineFailure) -> (status: Int, body: [UInt8])

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
    private let settings: OAuthSettings
    private let time: any Timekeeper
    private let random: @Sendable () -> Double
    private let exchange: Exchange
    private let state = Mutex(State())

    /// Tokens for an upstream; `random` is a number in 0..<1.
    package init(
        upstream: String, _ settings: OAuthSettings, time: any Timekeeper,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        exchange: @escaping Exchange
    ) {
        self.upstream = upstream
        self.settings = settings
        self.time = time
        self.random = random
        self.exchange = exchange
    }

    /// Tokens for an upstream, asked for with a client.
    package convenience init(
        upstream: String, _ settings: OAuthSettings, time: any Timekeeper, client: HTTPClient
    ) {
        self.init(upstream: upstream, settings, time: time) {
            (request) async throws(MachineFailure) in
            let response = try await client.send(request)
            return (response.status, try await response.whole(limit: 1 << 20))
        }
    }

    package func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {
        let token = try await token()
        request.set("Authorization", "Bearer \(token.text)")
    }

    package func refused(
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

extension OAuthClientCredentials {
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
}

// MARK: The authorization server

extension OAuthClientCredentials {
    private func newToken() async throws(Failure) -> AccessToken {
        let asked = time.now
        let (status, body) = try await answer()
        guard status == 200 else {
            let code = AccessToken.refusal(body).map { " and the error '\($0)'" } ?? ""
            throw failure("it answered with status \(status)\(code)")
        }
        let token = AccessToken(body, asked: asked, jitter: random())
        guard let token else { throw failure("its answer has no bearer token") }
        return token
    }

    private func answer() async throws(Failure) -> (status: Int, body: [UInt8]) {
        do throws(MachineFailure) {
            return try await exchange(settings.tokenRequest)
        } catch {
            if Task.isCancelled || error.code == .cancelled { throw cancelled }
            throw failure(error.message)
        }
    }

    private var cancelled: Failure {
        Failure(.cancelled, "The request was cancelled.", upstream: upstream)
    }

    private func failure(_ reason: String) -> Failure {
        let end = reason.hasSuffix(".") ? "" : "."
        return Failure(
            .unavailable,
            """
            Upstream '\(upstream)': could not get an access token from '\(settings.origin)': \
            \(reason)\(end)
            """, upstream: upstream)
    }
}
