import Aggregator
import Machine
import Testing
import Wire

@testable import Upstreams

/// Both surfaces of errors, row by row: how often a call and a read are sent.
@Suite struct AgentCoreRetryTests {
    /// One row: what the service answers, and the sends of a call and of a read that meet it always.
    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        var type: String?
        var code: Int?
        let words: String
        let calls: Int
        let reads: Int
        var testDescription: String { "\(status) \(type ?? "") \(code ?? 0) \(words)" }

        var reply: ScriptedHTTP.Reply {
            let body =
                code.map { code in
                    #"{"jsonrpc":"2.0","id":$ID,"error":{"code":\#(code),"message":"\#(words)"}}"#
                } ?? #"{"message":"\#(words)"}"#
            return .answer(status, type.map { [("x-amzn-ErrorType", $0)] } ?? [], body)
        }
    }

    private static let plain = [
        Row(status: 400, type: "ValidationException", words: "Bad field", calls: 1, reads: 1),
        Row(status: 401, type: "UnauthorizedException", words: "No", calls: 1, reads: 1),
        Row(
            status: 402, type: "ServiceQuotaExceededException", words: "Too many sessions",
            calls: 3, reads: 3),
        Row(status: 403, type: "AccessDeniedException", words: "No", calls: 1, reads: 1),
        Row(
            status: 403, type: "AccessDeniedException",
            words: "Authorization method mismatch. The agent is configured otherwise", calls: 1,
            reads: 1),
        Row(
            status: 404, type: "ResourceNotFoundException:http://internal",
            words: "No endpoint or agent found with qualifier 'x'", calls: 1, reads: 1),
        Row(status: 409, type: "ConflictException", words: "Taken", calls: 1, reads: 1),
        Row(
            status: 409, type: "com.amazonaws#RetryableConflictException",
            words: "Session operation in progress, please retry", calls: 10, reads: 10),
        Row(
            status: 424, type: "RuntimeClientError",
            words: "Received error (500) from runtime. Please check your logs", calls: 1, reads: 4),
        Row(
            status: 424, type: "RuntimeClientError",
            words: "Runtime health check failed or timed out.", calls: 1, reads: 4),
        Row(
            status: 424, type: "RuntimeClientError",
            words:
                "Runtime initialization time exceeded. Please make sure that it completes in 120s.",
            calls: 1, reads: 3),
        Row(status: 429, type: "ThrottlingException", words: "Slow down", calls: 5, reads: 5),
        Row(status: 429, words: "Slow down", calls: 5, reads: 5),
        Row(status: 500, type: "InternalServerException", words: "Oh", calls: 1, reads: 3),
        Row(status: 500, type: "ExpiredTokenException", words: "Mine", calls: 1, reads: 3),
        Row(status: 503, words: "Oh", calls: 1, reads: 3),
        Row(status: 504, words: "Late", calls: 1, reads: 2),
    ]

    private static let rpc = [
        Row(status: 401, code: -32001, words: "Missing Authentication Token", calls: 1, reads: 1),
        Row(status: 403, code: -32002, words: "Access denied", calls: 1, reads: 1),
        Row(status: 200, code: -32003, words: "Rate limit exceeded", calls: 5, reads: 5),
        Row(status: 200, code: -32003, words: "Throttling: slow down", calls: 5, reads: 5),
        Row(status: 200, code: -32003, words: "Service quota exceeded", calls: 3, reads: 3),
        Row(status: 200, code: -32003, words: "The tool's own words", calls: 1, reads: 1),
        Row(status: 200, code: -32004, words: "Resource not found", calls: 1, reads: 1),
        Row(
            status: 200, code: -32005, words: "Session operation in progress, please retry",
            calls: 10, reads: 10),
        Row(
            status: 200, code: -32005, words: "Resource conflict - Resource already exists",
            calls: 1, reads: 1),
        Row(status: 200, code: -32006, words: "Validation failed", calls: 1, reads: 1),
        Row(
            status: 200, code: -32010, words: "Tool execution error - it broke", calls: 1, reads: 4),
        Row(
            status: 200, code: -32010,
            words: "Tool execution error - Runtime initialization time exceeded", calls: 1,
            reads: 3),
        Row(
            status: 200, code: -32010, words: "Runtime initialization time exceeded.", calls: 1,
            reads: 3),
        Row(status: 400, code: -32003, words: "Payment declined after booking", calls: 1, reads: 1),
        Row(status: 400, code: -32003, words: "Rate limit exceeded", calls: 5, reads: 5),
        Row(
            status: 200, code: -32010, words: "Tool execution error - Received error (404) from",
            calls: 1, reads: 1),
        Row(status: 406, code: -32011, words: "Not acceptable", calls: 1, reads: 1),
        Row(status: 200, code: -32603, words: "Internal error", calls: 1, reads: 3),
        Row(
            status: 200, type: "ServiceQuotaExceededException", code: -32003,
            words: "The number of active sessions exceeds the limit.", calls: 3, reads: 3),
        Row(
            status: 200, type: "ThrottlingException", code: -32003, words: "Slow down", calls: 5,
            reads: 5),
        Row(status: 200, type: "Mine", code: -32006, words: "Bad field", calls: 1, reads: 1),
        Row(status: 400, code: -32021, words: "Missing capability", calls: 1, reads: 1),
        Row(status: 200, code: -32602, words: "Unknown tool", calls: 1, reads: 1),
    ]

    static let faults = AgentCoreFaults(
        upstream: "one", subject: "the runtime 'x'", auth: .iam, action: "Invoke",
        doubt: "Is the ARN right")

    @Test(
        "a call that may have run is sent once, and what was refused before it ran is not lost",
        arguments: plain + rpc)
    func sends(row: Row) throws {
        for (method, sends) in [(Wire.Method.toolsCall, row.calls), (.toolsList, row.reads)] {
            let talk = try HTTPConversation(.agentCore(Self.faults))
            talk.server.always(row.reply)
            let outcome = talk.finished(method)
            #expect(talk.server.count == sends)
            #expect(outcome.failure != nil || outcome.text != nil)
            talk.stop()
        }
    }

    @Test("what was refused for the moment only succeeds in the end")
    func recovers() throws {
        let talk = try HTTPConversation(.agentCore(Self.faults))
        for row in Self.plain.filter({ $0.calls > 3 }).prefix(3) { talk.server.next(row.reply) }
        talk.server.result([], #"{"ok":true}"#)
        #expect(talk.finished().text?.contains(#""ok":true"#) == true)
        #expect(talk.server.count == 4)
        talk.stop()
    }

    @Test("the pause that the service asks for is kept, and one that is too long is not waited for")
    func asked() throws {
        for (seconds, sends) in [(7, 2), (600, 1)] {
            let talk = try HTTPConversation(.agentCore(Self.faults))
            talk.server.next(
                .answer(
                    200, [],
                    #"{"jsonrpc":"2.0","id":$ID,"error":{"code":-32003,"message":"Rate limit exceeded","data":{"limitKey":"k","retryAfter":\#(seconds)}}}"#
                ))
            talk.server.result()
            let outcome = talk.call()
            talk.advance(by: .seconds(6))
            #expect(talk.server.count == 1)
            talk.advance(by: .seconds(2))
            #expect(talk.server.count == sends)
            #expect((outcome.failure == nil) == (sends == 2))
            if let failure = outcome.failure { #expect(failure.executed == .no) }
            talk.stop()
        }
    }

    @Test("what never left is sent again, what may have arrived is not")
    func broken() throws {
        for (delivery, calls, reads) in [
            (MachineFailure.Delivery.notSent, 3, 3), (.unknown, 1, 2), (.answered, 1, 2),
        ] {
            for (method, sends) in [(Wire.Method.toolsCall, calls), (.toolsList, reads)] {
                let talk = try HTTPConversation(.agentCore(Self.faults))
                talk.server.always(.broken(delivery))
                let outcome = talk.finished(method)
                #expect(talk.server.count == sends)
                #expect(outcome.failure?.executed == (delivery == .notSent ? .no : .unknown))
                talk.stop()
            }
        }
    }

    @Test("a server at a URL is sent to as before: nothing is made again but busy reads")
    func plainServers() throws {
        for row in Self.plain + Self.rpc where row.status != 200 || row.code == -32003 {
            for method in [Wire.Method.toolsCall, .toolsList] {
                let talk = try HTTPConversation()
                talk.server.always(row.reply)
                _ = talk.finished(method)
                #expect(talk.server.count == 1)
                talk.stop()
            }
        }
    }

    /// An error of JSON-RPC in an answer with the status 200, and what is told of it.
    struct Answered: Sendable, CustomTestStringConvertible {
        let code: Int
        let words: String
        var type: String?
        /// The beginning of what the client reads.
        var says = ""
        var advice = ""
        var executed = Failure.Executed.no
        var testDescription: String { "\(type ?? "no type") \(code) \(words)" }

        /// What follows the id.
        var tail: String { #","error":{"code":\#(code),"message":"\#(words)"}}"# }
        var reply: ScriptedHTTP.Reply {
            .answer(
                200, type.map { [("x-amzn-ErrorType", $0)] } ?? [],
                #"{"jsonrpc":"2.0","id":$ID"# + tail)
        }
    }

    private static let unhealthy =
        "Tool execution error - Runtime health check failed or timed out."

    @Test(
        "an error of the platform in an answer names the upstream, says whether it ran, and helps",
        arguments: [
            Answered(
                code: -32603, words: "An internal error occurred.", type: "InternalServerException",
                says: "failed (-32603): An internal error occurred.", advice: "AWS Health",
                executed: .unknown),
            Answered(
                code: -32003, words: "The number of active sessions exceeds the account's limit.",
                type: "ServiceQuotaExceededException",
                says: "has no room (-32003): The number of active sessions exceeds",
                advice: "Service Quotas"),
            Answered(
                code: -32010, words: unhealthy, type: "RuntimeClientError",
                says: "had trouble with the server (-32010): \(unhealthy)", advice: "CloudWatch",
                executed: .unknown),
            Answered(
                code: -32010, words: unhealthy, says: "had trouble with the server (-32010)",
                advice: "CloudWatch", executed: .unknown),
            Answered(
                code: -32010, words: "Received error (500) from runtime. Please check your logs.",
                says: "had trouble with the server (-32010): Received error (500) from runtime.",
                advice: "CloudWatch", executed: .unknown),
            Answered(
                code: -32006, words: "Bad field", type: "ValidationException",
                says: "finds the request invalid (-32006): Bad field."),
            Answered(
                code: -32005, words: "Resource conflict - Resource already exists",
                type: "ConflictException", says: "sees a conflict (-32005): Resource conflict"),
        ])
    func platform(error: Answered) throws {
        let talk = try HTTPConversation(.agentCore(Self.faults))
        talk.server.always(error.reply)
        let failure = try #require(talk.finished().failure)
        #expect(failure.reason.hasPrefix("Upstream 'one': AgentCore \(error.says)"))
        #expect((failure.advice ?? "").contains(error.advice) && failure.upstream == "one")
        #expect(failure.executed == error.executed)
        talk.stop()
    }

    @Test(
        "an error of the server's own in an answer stays byte for byte",
        arguments: [
            Answered(code: -32603, words: "Internal error"),
            Answered(code: -32603, words: "An internal error occurred."),
            Answered(code: -32003, words: "The number of active sessions exceeds the limit."),
            Answered(code: -32010, words: "Tool execution error - the printer is on fire"),
            Answered(code: -32000, words: "Runtime health check failed or timed out."),
            Answered(code: -32602, words: "Bad", type: "ValidationError"),
            // Whether it says that the session is lost, the link finds out.
            Answered(
                code: -32010, words: "Received error (404) from runtime.",
                type: "RuntimeClientError"),
            Answered(
                code: -32004, words: "Session not found", type: "ResourceNotFoundException"),
        ])
    func own(error: Answered) throws {
        let talk = try HTTPConversation(.agentCore(Self.faults))
        talk.server.always(error.reply)
        let text = try #require(talk.finished().text)
        #expect(text.hasSuffix(error.tail))
        talk.stop()
    }

    @Test("words that may hold a secret are in no error, and remedies are")
    func words() {
        let refusal = HTTPRefusal(
            403, HTTPFields([("x-amzn-ErrorType", "InvalidSignatureException")]), nil,
            body: Array(#"{"message":"The canonical string is x-amz-security-token:hunter2"}"#.utf8)
        )
        let failure = Self.faults.explain(refusal)
        #expect(failure?.message.contains("hunter2") == false)
        #expect(failure?.message.contains("clock") == true)
    }
}
