import Aggregator
import Machine
import Synchronization
import TestSupport
import Wire

@testable import Signing

/// An authorization server in memory, and everything a test of tokens needs.
final class TokenServer: Sendable {
    typealias Answer = Result<(status: Int, body: String), MachineFailure>

    private struct State {
        var answers: [Answer] = []
        var requests: [HTTPClientRequest] = []
        var held: Latch?
    }

    let loop = Loop()
    let time = ManualTime()
    private let state = Mutex(State())

    var requests: [HTTPClientRequest] { state.withLock { $0.requests } }
    var count: Int { requests.count }

    /// The bodies of the requests for a token.
    var bodies: [String] { requests.map { String(decoding: $0.body, as: UTF8.self) } }

    /// Answers the next request so, after what was scripted before.
    func next(_ status: Int, _ body: String) {
        state.withLock { $0.answers.append(.success((status, body))) }
    }

    /// Gives out a token next.
    func token(_ text: String, life: Int = 3600) {
        next(200, #"{"access_token":"\#(text)","token_type":"Bearer","expires_in":\#(life)}"#)
    }

    func fail(_ failure: MachineFailure) { state.withLock { $0.answers.append(.failure(failure)) } }

    /// Lets requests wait until the returned door is opened.
    func hold() -> Latch {
        let latch = Latch()
        state.withLock { $0.held = latch }
        return latch
    }

    private func answer(_ request: HTTPClientRequest) async throws(MachineFailure)
        -> (status: Int, body: [UInt8])
    {
        let latch = state.withLock { state in
            state.requests.append(request)
            return state.held
        }
        await latch?.wait()
        if Task.isCancelled { throw MachineFailure(.cancelled, "The task was cancelled.") }
        let answer = state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() }
        guard let answer else { throw MachineFailure(.closed, "The server went home.") }
        let (status, body) = try answer.get()
        return (status, Array(body.utf8))
    }

    /// Credentials that ask this server.
    func credentials(
        scopes: [String] = ["a"], audience: String? = nil, resource: String? = nil,
        proof: OAuthSettings.Proof = .basic, jitter: Double = 0
    ) throws -> OAuthClientCredentials {
        let settings = try OAuthSettings(
            upstream: "crm", tokenURL: "https://login.example/oauth2/token?tenant=secret-tenant",
            clientId: "client id", clientSecret: "s+cret", scopes: scopes, audience: audience,
            resource: resource, proof: proof)
        return OAuthClientCredentials(
            upstream: "crm", settings, time: time, random: { jitter },
            exchange: { (request) async throws(MachineFailure) in try await self.answer(request) })
    }

    /// What a task on the loop came to.
    final class Outcome<Value: Sendable>: Sendable {
        private let result = Mutex<Value?>(nil)
        let task = Mutex<Task<Void, Never>?>(nil)

        var value: Value? { result.withLock { $0 } }
        func set(_ value: Value) { result.withLock { $0 = value } }
        func cancel() { task.withLock { $0 }?.cancel() }
    }

    /// Starts to authorize a request: the field that it got, or the failure.
    func authorize(_ credentials: OAuthClientCredentials) -> Outcome<Result<String, Failure>> {
        let outcome = Outcome<Result<String, Failure>>()
        let task = loop.start {
            var request = HTTPClientRequest(
                "POST", "https://crm.example/mcp", fields: [("authorization", "old")])
            do throws(Failure) {
                try await credentials.authorize(&request)
                let fields = request.fields.map { "\($0.name): \($0.value)" }
                outcome.set(.success(fields.joined(separator: "\n")))
            } catch {
                outcome.set(.failure(error))
            }
        }
        outcome.task.withLock { $0 = task }
        return outcome
    }

    /// The token that a request gets now; nil for a failure.
    func token(_ credentials: OAuthClientCredentials) -> String? {
        let outcome = authorize(credentials)
        loop.run()
        let field = try? outcome.value?.get()
        guard let field, field.hasPrefix("Authorization: Bearer ") else { return nil }
        return String(field.dropFirst(22))
    }

    /// The failure that a request gets now.
    func failure(_ credentials: OAuthClientCredentials) -> Failure? {
        let outcome = authorize(credentials)
        loop.run()
        if case .failure(let failure) = outcome.value { return failure }
        return nil
    }

    /// Tells that a request with a token was refused; whether to make it once more.
    func refuse(
        _ token: String, _ status: Int, _ credentials: OAuthClientCredentials
    ) -> Outcome<Bool> {
        let outcome = Outcome<Bool>()
        let request = HTTPClientRequest(
            "POST", "https://crm.example/mcp", fields: [("Authorization", "Bearer \(token)")])
        _ = loop.start {
            outcome.set(
                await credentials.refused(request, status: status, fields: HTTPFields()))
        }
        loop.run()
        return outcome
    }
}
