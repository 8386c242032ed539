import Aggregator
import Machine
import TestSupport
import Testing
import Wire

@testable import Signing

@Suite struct WorkloadTokensTests {
    private let world: AWSWorld
    private static let keys = [
        (name: "AWS_ACCESS_KEY_ID", value: "AKID"), (name: "AWS_SECRET_ACCESS_KEY", value: "s"),
    ]
    private static let base = "https://bedrock-agentcore.eu-west-1.amazonaws.com/identities/"

    init() { world = AWSWorld() }

    private init(_ world: AWSWorld) { self.world = world }

    private func tokens(
        _ variables: [(name: String, value: String)] = keys, audiences: [String] = []
    ) -> WorkloadTokens {
        let wish = WorkloadTokens.Wish(
            workload: "tools-abcdefghij", provider: "crm", scopes: ["crm/read"],
            audiences: audiences, resources: [], region: "eu-west-1")
        return WorkloadTokens(
            upstream: "x", wish, accounts: world.accounts(variables), AWSSettings(),
            time: world.time)
    }

    private func serve(_ text: String = "t") {
        world.serve(
            Self.base + "GetWorkloadAccessToken", 200, #"{"workloadAccessToken":"proof"}"#)
        world.serve(Self.base + "oauth2/token", 200, #"{"accessToken":"\#(text)"}"#)
    }

    /// The field of a request that was authorized, or why it was not.
    private func ask(_ tokens: WorkloadTokens) -> String {
        world.run { () async -> String in
            var request = HTTPClientRequest("POST", "https://h.example/mcp")
            do throws(Failure) {
                try await tokens.authorize(&request)
                return request["Authorization"] ?? ""
            } catch {
                return error.message
            }
        } ?? "nothing came of it"
    }

    private static func jwt(expires: Int64) -> String {
        let claims = Base64.encodeForURL(Array(#"{"exp":\#(expires)}"#.utf8))
        return "e30.\(claims).c2ln"
    }

    @Test(
        "what a token says of its end is taken, whatever number that is",
        arguments: [
            (Int64.min, 1), (-1, 1), (1000, 1), (1001, 1), (1060, 60), (.max, 86_400),
        ])
    func ends(expires: Int64, seconds: Int) {
        let life = AccessToken.life(ofJWT: Self.jwt(expires: expires), now: 1000)
        #expect(life.map { min($0, .seconds(86_400)) } == .seconds(seconds))
    }

    @Test("a token is asked for as a workload, and both questions are signed")
    func asking() throws {
        serve()
        #expect(ask(tokens(audiences: ["gw"])) == "Bearer t")
        let (first, second) = (
            try #require(world.requests.first), try #require(world.requests.last)
        )
        #expect(world.requests.count == 2)
        #expect(first.url == Self.base + "GetWorkloadAccessToken")
        #expect(
            String(decoding: first.body, as: UTF8.self) == #"{"workloadName":"tools-abcdefghij"}"#)
        #expect(second.url == Self.base + "oauth2/token")
        let body = try Value(validating: second.body)
        #expect(body["workloadIdentityToken"]?.string == "proof")
        #expect(body["resourceCredentialProviderName"]?.string == "crm")
        #expect(body["oauth2Flow"]?.string == "M2M")
        #expect(body["scopes"]?.elements.compactMap(\.string) == ["crm/read"])
        #expect(body["audiences"]?.elements.compactMap(\.string) == ["gw"])
        #expect(body["resources"] == nil)
        for request in [first, second] {
            #expect(request["Authorization"]?.contains("/eu-west-1/bedrock-agentcore/") == true)
        }
    }

    @Test("a token is kept for as long as it says itself, and for five minutes otherwise")
    func keeping() {
        for (text, life) in [(Self.jwt(expires: world.now + 3600), 3600), ("opaque", 300)] {
            let world = AWSWorld()
            let test = Self(world)
            test.serve(text)
            let tokens = test.tokens()
            for _ in 0..<3 { #expect(test.ask(tokens) == "Bearer \(text)") }
            #expect(world.requests.count == 2)
            world.time.set(world.time.now + .seconds(life) - .seconds(max(60, life / 10) + 1))
            #expect(test.ask(tokens) == "Bearer \(text)")
            #expect(world.requests.count == 2)
            world.time.set(world.time.now + .seconds(2))
            #expect(test.ask(tokens) == "Bearer \(text)")
            #expect(world.requests.count == 4)
        }
    }

    @Test("a token that is refused is asked for once more")
    func refused() {
        serve("one")
        let tokens = tokens()
        #expect(ask(tokens) == "Bearer one")
        serve("two")
        let isRenewed = world.run { () async -> Bool in
            var request = HTTPClientRequest("POST", "https://h.example/mcp")
            request.set("Authorization", "Bearer one")
            return await tokens.refused(request, status: 401, fields: HTTPFields())
        }
        #expect(isRenewed == true)
        #expect(ask(tokens) == "Bearer two")
    }

    @Test(
        "why there is none is said, with what can be done and without a secret",
        arguments: [
            (
                403, #"{"__type":"AccessDeniedException","message":"hunter2"}"#,
                "GetResourceOauth2Token'"
            ),
            (
                404, #"{"__type":"ResourceNotFoundException","message":"hunter2"}"#,
                "'provider' ('crm')"
            ),
            (400, #"{"__type":"ValidationException","message":"hunter2"}"#, "ValidationException"),
            (500, "hunter2", "status 500"), (200, "hunter2", "not JSON"),
            (200, #"{"authorizationUrl":"https://hunter2"}"#, "wants a person to agree"),
            (200, #"{"accessToken":"hunter 2"}"#, "its token is none"),
            (200, #"{}"#, "its answer has no token"),
        ])
    func failing(status: Int, body: String, words: String) {
        serve()
        world.serve(Self.base + "oauth2/token", status, body)
        let said = ask(tokens())
        #expect(said.hasPrefix("Upstream 'x': could not get an access token of the provider 'crm'"))
        #expect(said.contains(words), "\(said)")
        #expect(!said.contains("hunter") && !said.contains("proof"))
    }

    @Test("without credentials nothing is asked, and what is missing is said")
    func nobody() {
        serve()
        let said = ask(tokens([("AWS_EC2_METADATA_DISABLED", "true")]))
        #expect(said.contains("Could not get AWS credentials: ") && world.requests.isEmpty)
    }
}
