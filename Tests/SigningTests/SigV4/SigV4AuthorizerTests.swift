import Aggregator
import Machine
import Synchronization
import TestSupport
import Testing

@testable import Signing

@Suite struct SigV4AuthorizerTests {
    /// Credentials that a test gives out and takes away.
    private final class Purse: CredentialsProvider {
        let given = Mutex<Result<AWSCredentials, Failure>>(
            .success(AWSCredentials(accessKeyId: "AKID1", secretAccessKey: "s", source: "a test")))
        let refusals = Mutex<[String]>([])

        func credentials() async throws(Failure) -> AWSCredentials {
            try given.withLock { $0 }.get()
        }

        func refused(_ credentials: AWSCredentials) async -> Bool {
            refusals.withLock { $0.append(credentials.accessKeyId) }
            give("AKID2")
            return true
        }

        func give(_ id: String) {
            given.withLock {
                $0 = .success(
                    AWSCredentials(
                        accessKeyId: id, secretAccessKey: "s", sessionToken: "t", source: "a test"))
            }
        }
    }

    private let loop = Loop()
    private let purse = Purse()
    private let clock = AWSClock { 1_768_480_496 }

    private var authorizer: SigV4Authorizer {
        SigV4Authorizer(
            upstream: "x", service: "bedrock-agentcore", region: "us-east-1", credentials: purse,
            clock: clock)
    }

    private func authorize(_ authorizer: SigV4Authorizer) -> Result<HTTPClientRequest, Failure>? {
        let outcome = Mutex<Result<HTTPClientRequest, Failure>?>(nil)
        _ = loop.start {
            var request = HTTPClientRequest("POST", "https://h.example/mcp")
            do throws(Failure) {
                try await authorizer.authorize(&request)
                outcome.withLock { [request] in $0 = .success(request) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
        }
        loop.run()
        return outcome.withLock { $0 }
    }

    private func refuse(
        _ authorizer: SigV4Authorizer, _ request: HTTPClientRequest, _ status: Int,
        _ fields: [(name: String, value: String)], _ body: String = ""
    ) -> Bool? {
        let outcome = Mutex<Bool?>(nil)
        _ = loop.start {
            let answer = await authorizer.refused(
                request, status: status, fields: HTTPFields(fields), body: Array(body.utf8))
            outcome.withLock { $0 = answer }
        }
        loop.run()
        return outcome.withLock { $0 }
    }

    @Test("a request is signed for the present moment, with the credentials of the moment")
    func signing() throws {
        let authorizer = authorizer
        let request = try #require(try authorize(authorizer)?.get())
        #expect(request["X-Amz-Date"] == "20260115T123456Z")
        #expect(request["Authorization"]?.contains("Credential=AKID1/20260115/us-east-1/") == true)
        purse.give("AKID7")
        let next = try #require(try authorize(authorizer)?.get())
        #expect(next["Authorization"]?.contains("Credential=AKID7/") == true)
        #expect(next["X-Amz-Security-Token"] == "t")
    }

    @Test("without credentials nothing is sent, and the failure names the upstream")
    func nothing() {
        purse.given.withLock { $0 = .failure(.credentials("there are none")) }
        guard case .failure(let failure) = authorize(authorizer) else {
            Issue.record("A request without credentials went on.")
            return
        }
        #expect(
            failure.message
                == "Upstream 'x' was not called. Could not get AWS credentials: there are none.")
        #expect(failure.upstream == "x" && failure.executed == .no)
    }

    @Test(
        "expired credentials are asked for again",
        arguments: [
            ("ExpiredTokenException:http://x", ""), ("UnrecognizedClientException", ""),
            ("", #"{"__type":"com.amazon#ExpiredTokenException","message":"m"}"#),
            ("", #"{"code":"InvalidClientTokenId"}"#),
            ("", #"{"message":"The security token included in the request is expired"}"#),
        ])
    func expired(code: String, body: String) throws {
        let authorizer = authorizer
        let request = try #require(try authorize(authorizer)?.get())
        let fields = code.isEmpty ? [] : [(name: "x-amzn-ErrorType", value: code)]
        #expect(refuse(authorizer, request, 403, fields, body) == true)
        #expect(purse.refusals.withLock { $0 } == ["AKID1"])
    }

    @Test("a call whose credentials another one has replaced asks for none")
    func replaced() throws {
        let authorizer = authorizer
        let old = try #require(try authorize(authorizer)?.get())
        purse.give("AKID2")
        _ = authorize(authorizer)
        let fields = [(name: "x-amzn-ErrorType", value: "ExpiredTokenException")]
        #expect(refuse(authorizer, old, 403, fields) == true)
        #expect(purse.refusals.withLock { $0 }.isEmpty)
    }

    @Test(
        "a wrong clock is corrected by the service's, once",
        arguments: [
            "SignatureDoesNotMatch", "RequestTimeTooSkewed", "InvalidSignatureException", "",
        ])
    func skew(code: String) throws {
        let authorizer = authorizer
        let request = try #require(try authorize(authorizer)?.get())
        var fields = [(name: "Date", value: "Thu, 15 Jan 2026 12:45:00 GMT")]
        if !code.isEmpty { fields.append(("x-amzn-errortype", code)) }
        #expect(refuse(authorizer, request, 403, fields) == true)
        let next = try #require(try authorize(authorizer)?.get())
        #expect(next["X-Amz-Date"] == "20260115T124500Z")
        #expect(refuse(authorizer, next, 403, fields) == false)
    }

    @Test("of many requests that a wrong clock has spoiled each is signed again, once")
    func spoiled() throws {
        let authorizer = authorizer
        let request = try #require(try authorize(authorizer)?.get())
        let fields = [
            (name: "Date", value: "Thu, 15 Jan 2026 12:45:00 GMT"),
            (name: "x-amzn-errortype", value: "InvalidSignatureException"),
        ]
        for _ in 0..<3 { #expect(refuse(authorizer, request, 403, fields) == true) }
        let next = try #require(try authorize(authorizer)?.get())
        #expect(refuse(authorizer, next, 403, fields) == false)
    }

    @Test("credentials that JSON-RPC calls expired are asked for again, too")
    func remoteProcedures() throws {
        let authorizer = authorizer
        let request = try #require(try authorize(authorizer)?.get())
        let words = "The security token included in the request is expired"
        let body = #"{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"\#(words)"}}"#
        #expect(refuse(authorizer, request, 403, [], body) == true)
        #expect(purse.refusals.withLock { $0 } == ["AKID1"])
    }

    @Test("what cannot be mended is not tried again")
    func other() throws {
        let authorizer = authorizer
        let request = try #require(try authorize(authorizer)?.get())
        let near = [(name: "Date", value: "Thu, 15 Jan 2026 12:38:00 GMT")]
        let far = [(name: "Date", value: "Thu, 15 Jan 2026 13:38:00 GMT")]
        let denied = [(name: "x-amzn-errortype", value: "AccessDeniedException")]
        #expect(refuse(authorizer, request, 403, near) == false)
        #expect(refuse(authorizer, request, 403, far + denied) == false)
        #expect(refuse(authorizer, request, 404, far) == false)
        #expect(refuse(authorizer, request, 400, far) == false)
        #expect(clock.now == 1_768_480_496)
    }
}
