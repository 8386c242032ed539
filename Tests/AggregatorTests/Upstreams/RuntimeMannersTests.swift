import Aggregator
import Machine
import Signing
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Upstreams

/// How runtimes are spoken to: sessions, times, credentials, silence.
@Suite struct RuntimeMannersTests {
    private func talk(
        stop: String? = nil, authorizer: (any Authorizer)? = nil
    ) throws -> HTTPConversation {
        try HTTPConversation(
            .runtime(AgentCoreRetryTests.faults, stop: stop), usual: .runtime,
            authorizer: authorizer, namesEverySession: true)
    }

    private func greet(_ talk: HTTPConversation, session: String?) {
        talk.server.result(session.map { [("Mcp-Session-Id", $0)] } ?? [])
        _ = talk.finished(.initialize)
    }

    @Test("the session's id may come with any answer, is always sent back, and never to greet")
    func sessions() throws {
        let talk = try talk()
        greet(talk, session: nil)
        talk.server.result([("Mcp-Session-Id", "a")])
        _ = talk.finished(.toolsList)
        talk.server.result([("mcp-session-id", "a")])
        _ = talk.finished()
        talk.server.next(
            .answer(
                200, [("Mcp-Session-Id", "of an error")],
                #"{"jsonrpc":"2.0","id":$ID,"error":{"code":-32602,"message":"Unknown tool"}}"#))
        _ = talk.finished()
        talk.server.result([("Mcp-Session-Id", "b")])
        _ = talk.finished(.initialize)
        talk.server.result()
        _ = talk.finished()
        #expect(
            talk.server.requests.map { $0["Mcp-Session-Id"] } == [nil, nil, "a", "a", nil, "b"])
        talk.stop()
    }

    @Test("an answer from before the present session does not bring the old one back")
    func lateAnswer() throws {
        let talk = try talk()
        greet(talk, session: "a")
        let door = Latch()
        talk.server.next(
            .stream(
                [("Mcp-Session-Id", "a")],
                [(door, "data: {\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n\n")]))
        let late = talk.call()
        greet(talk, session: "b")
        door.open()
        talk.run()
        #expect(late.text != nil)
        talk.server.result()
        _ = talk.finished()
        #expect(talk.server.requests.last?["Mcp-Session-Id"] == "b")
        talk.stop()
    }

    @Test("a newer server has no session, but its machine has a name")
    func modern() throws {
        let talk = try talk()
        talk.server.result([("Mcp-Session-Id", "machine")])
        _ = talk.finished(.discover)
        var profile = ServerProfile()
        profile.revision = .newestModern
        talk.connection.learned(profile)
        talk.server.result()
        _ = talk.finished()
        #expect(talk.server.requests.last?["Mcp-Session-Id"] == "machine")
        talk.stop()
    }

    @Test("a lost session is told apart from a server that fails")
    func losses() throws {
        for (status, words, isLost) in [
            (404, "Session not found", true), (424, "Received error (404) from runtime.", true),
            (424, "Received error (500) from runtime.", false),
        ] {
            let talk = try talk()
            greet(talk, session: "a")
            talk.connection.learned(ServerProfile())
            talk.server.next(.answer(status, [], #"{"message":"\#(words)"}"#))
            #expect((talk.finished().failure?.code == .forgotten) == isLost)
            talk.stop()
        }
    }

    @Test("nothing is fetched unasked, and a session ends by itself unless it is to be stopped")
    func onlyPosts() throws {
        for stop in [nil, "https://service.example/stop"] {
            let talk = try talk(stop: stop)
            greet(talk, session: "a")
            talk.connection.learned(ServerProfile())
            talk.run()
            talk.stop()
            let requests = talk.server.requests.dropFirst()
            #expect(requests.map(\.url) == [stop].compactMap(\.self))
            #expect(requests.allSatisfy { $0.method == "POST" })
            let name = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
            #expect(requests.compactMap { $0[name] } == (stop == nil ? [] : ["a"]))
        }
    }

    // MARK: Time

    @Test("an answer may take a quarter of an hour, and not much more")
    func answers() throws {
        let talk = try talk()
        greet(talk, session: "a")
        let door = Latch()
        let body = "data: {\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n\n"
        talk.server.next(.stream([], [(door, body)]))
        let call = talk.call()
        for _ in 0..<30 { talk.advance(by: .seconds(30)) }
        #expect(call.value == nil)
        door.open()
        talk.run()
        #expect(call.text != nil)
        talk.server.next(.stream([], [(Latch(), body)]))
        let late = talk.call()
        for _ in 0..<34 { talk.advance(by: .seconds(30)) }
        #expect(late.failure?.code == .timeout && late.failure?.executed == .unknown)
        talk.stop()
    }

    @Test("a stream may go on for an hour")
    func streams() throws {
        let talk = try talk()
        greet(talk, session: "a")
        let doors = (0..<5).map { _ in Latch() }
        var pieces = doors.dropLast().map { ($0, ": still here\n\n") }
        pieces.append((doors[4], "data: {\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n\n"))
        talk.server.next(.stream([], pieces))
        let call = talk.call()
        for door in doors {
            #expect(call.value == nil)
            for _ in 0..<24 { talk.advance(by: .seconds(30)) }
            door.open()
            talk.run()
        }
        #expect(call.text != nil)
        talk.stop()
    }

    @Test("a cold start is waited for, and told to those who wait")
    func coldStart() throws {
        let talk = try talk()
        let door = Latch()
        let body = "data: {\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n\n"
        talk.server.next(.stream([], [(door, body)]))
        let call = talk.call(.initialize)
        talk.advance(by: .seconds(4))
        #expect(talk.heard.all.isEmpty)
        for _ in 0..<11 { talk.advance(by: .seconds(10)) }
        #expect(talk.heard.all.count == 1 && talk.heard.all[0].contains("starting from cold"))
        door.open()
        talk.run()
        #expect(call.text != nil)
        talk.stop()
    }

    // MARK: Credentials

    @Test("credentials that are refused are asked for once more, and only once")
    func credentials() throws {
        for (replies, sends) in [(1, 2), (5, 2)] {
            let asked = Counted()
            let talk = try talk(authorizer: asked)
            for _ in 0..<replies {
                talk.server.next(
                    .answer(
                        403, [("x-amzn-ErrorType", "ExpiredTokenException")],
                        #"{"message":"The security token included in the request is expired"}"#))
            }
            talk.server.result()
            let outcome = talk.finished()
            #expect(talk.server.count == sends && asked.count == 1)
            #expect((outcome.text != nil) == (replies == 1))
            if let failure = outcome.failure { #expect(failure.message.contains("expired")) }
            talk.stop()
        }
    }
}

/// Always has other credentials.
private final class Counted: Authorizer {
    private let refusals = Atomic(0)
    var count: Int { refusals.load(ordering: .relaxed) }

    func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {}
    func refused(
        _ request: HTTPClientRequest, status: Int, fields: HTTPFields, body: [UInt8]
    ) async -> Bool {
        refusals.add(1, ordering: .relaxed)
        return true
    }
}
