import Aggregator
import Machine
import Signing
import TestSupport
import Testing
import Wire

@testable import Upstreams

/// What is said of an answer that is none.
@Suite struct HTTPFaultsTests {
    private static let unwell =
        "Tool execution error - Runtime health check failed or timed out. Look at your logs"

    @Test(
        "a call that broke in the middle says once that it may have run",
        arguments: [
            ScriptedHTTP.Reply.answer(502, [], "<html>Bad gateway</html>"),
            .answer(500, [], ""), .answer(200, [], "no JSON"), .broken(.unknown),
            .broken(.answered), .stream([], []),
        ])
    func fate(reply: ScriptedHTTP.Reply) throws {
        for manners in [HTTPManners(), .agentCore(AgentCoreRetryTests.faults)] {
            let talk = try HTTPConversation(manners)
            talk.server.next(reply)
            let failure = try #require(talk.finished().failure)
            #expect(failure.executed == .unknown)
            #expect(failure.message.split(separator: "may have run").count == 2)
            #expect(!failure.account.contains("run;") && !failure.account.contains("executed"))
            talk.stop()
        }
    }

    @Test(
        "an answer without a result and an error, or with both, fails its call at once",
        arguments: ["", #","result":{},"error":{}"#])
    func neither(rest: String) throws {
        let message = #"{"jsonrpc":"2.0","id":$ID\#(rest)}"#
        let others = #"data: {"jsonrpc":"2.0","id":"$ID"\#(rest)}"# + "\n\n"
        for reply in [
            ScriptedHTTP.Reply.answer(200, [], message), .answer(200, [], "[\(message)]"),
            // The stream stays open.
            .stream([], [(.opened, "\(others)data: \(message)\n\n"), (Latch(), "")]),
            .stream([], [(.opened, "\(others)data: [\(message)]\n\n"), (Latch(), "")]),
        ] {
            let talk = try HTTPConversation()
            talk.server.next(reply)
            let outcome = talk.call()
            talk.run()
            let failure = try #require(outcome.failure)
            #expect(failure.code == .malformed && failure.executed == .unknown)
            #expect(talk.server.count == 1)
            talk.stop()
        }
    }

    @Test("an answer in a coding that was not asked for is told by its name")
    func coded() throws {
        for kind in ["application/json", "text/event-stream"] {
            let talk = try HTTPConversation()
            let fields = [("Content-Encoding", "gzip"), ("Content-Type", kind)]
            talk.server.next(.answer(200, fields, "\u{1F}"))
            let failure = try #require(talk.finished().failure)
            #expect(failure.code == .malformed && failure.executed == .unknown)
            #expect(failure.message.contains("'gzip'"))
            talk.stop()
        }
        let talk = try HTTPConversation()
        talk.server.result([("Content-Encoding", "identity")])
        #expect(talk.finished().text != nil)
        talk.stop()
    }

    @Test(
        "a server that is busy and says for how long is quoted",
        arguments: [
            ("30", Duration.seconds(30), "Try again in 30 s."),
            ("120", .seconds(120), "Try again in 120 s."),
            ("0", nil, "Try again later."), ("-1", nil, "Try again later."),
            ("", nil, "Try again later."),
            ("99999999999999999999", nil, "Try again later."),
            ("9000000000000000000", nil, "Try again later."),
        ])
    func busy(said: String, wait: Duration?, words: String) throws {
        for status in [429, 503] {
            let talk = try HTTPConversation()
            talk.server.next(.answer(status, [("Retry-After", said)], ""))
            let failure = try #require(talk.finished().failure)
            #expect(failure.code == .refused && failure.executed == .no)
            #expect(failure.retryAfter == wait && failure.message.hasSuffix(words))
            talk.stop()
        }
    }

    @Test("a token that is not accepted is not called missing")
    func unauthorized() throws {
        for (authorizer, words) in [
            (Token() as (any Authorizer)?, "does not accept the authorization that it was given"),
            (nil, "wants an authorization that it was not given"),
        ] {
            let talk = try HTTPConversation(authorizer: authorizer)
            talk.server.always(.answer(401, [], ""))
            let failure = try #require(talk.finished().failure)
            #expect(failure.message.contains("\(words) (401). The tool did not run."))
            talk.stop()
        }
    }

    @Test("a token in the headers counts as one that was given")
    func headers() throws {
        for (name, isGiven) in [("authorization", true), ("X-Api-Key", true), ("X-Team", false)] {
            let route = HTTPRoute(
                place: try Place("https://service.example/mcp"),
                fields: RequestFields(headers: [(name: name, value: "v")]),
                client: ScriptedHTTP(), authorizer: nil, transport: .streamable, limit: 1)
            let failure = HTTPFaults(upstream: "one", route).status(401, HTTPFields())
            #expect(failure.reason.contains("does not accept") == isGiven)
        }
    }

    @Test("what the platform says while a runtime does not come up is told, and where its log is")
    func unwell() throws {
        let talk = try HTTPConversation(
            .runtime(AgentCoreRetryTests.faults, stop: nil), usual: .runtime,
            namesEverySession: true)
        talk.server.next(
            .answer(
                200, [],
                #"{"jsonrpc":"2.0","id":$ID,"error":{"code":-32010,"message":"\#(Self.unwell)"}}"#))
        let call = talk.call(.initialize)
        #expect(talk.heard.all.count == 1 && talk.heard.all[0].contains(Self.unwell))
        #expect(
            talk.connection.obstacle
                == "Upstream 'one': AgentCore had trouble with the server (-32010): "
                + "\(Self.unwell). The log of the runtime 'x' is in CloudWatch.")
        talk.server.result()
        talk.advance(by: .seconds(2))
        #expect(call.text != nil && talk.connection.obstacle == nil)
        talk.stop()
    }
}

/// Proves who asks, with the same token each time.
private struct Token: Authorizer {
    func authorize(_ request: inout HTTPClientRequest) async throws(Failure) {}
    func refused(
        _ request: HTTPClientRequest, status: Int, fields: HTTPFields, body: [UInt8]
    ) async -> Bool { false }
}
