import Aggregator
import Machine
import Signing
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Upstreams

/// What is told of the way to a runtime or a gateway.
@Suite struct AgentCoreLegsTests {
    /// The legs after what `pass` has noted, by their names.
    private func legs(
        auth: AgentCoreAuth = .none, _ pass: (Milestones) -> Void
    ) throws -> [String: Leg] {
        let loop = try EventLoop.make()
        let keys = [
            (name: "AWS_ACCESS_KEY_ID", value: "AKID"), (name: "AWS_SECRET_ACCESS_KEY", value: "s"),
            (name: "AWS_ENDPOINT_URL_STS", value: "http://127.0.0.1:1"),
        ]
        let milestones = Milestones()
        pass(milestones)
        let legs = AgentCoreLegs(
            auth: auth, aws: AWSSettings(), region: "us-east-1",
            tools: Tools(
                loop: loop, time: loop, environment: Environment(keys),
                accounts: AWSAccounts(Environment(keys), on: loop, time: loop), log: .none,
                messageLimit: 1 << 20),
            authorizer: nil, place: nil, milestones: milestones, policy: "THE POLICY")
        let found = Mutex<[Leg]>([])
        _ = loop.run {
            let all = await legs.all()
            found.withLock { $0 = all }
            return 0
        }
        return Dictionary(uniqueKeysWithValues: found.withLock { $0 }.map { ($0.name, $0) })
    }

    @Test("a session is known of only once a server has answered")
    func sessions() throws {
        let missing = try legs { passed in
            passed.reached(nil)
            passed.letIn(true, "The runtime was not found (404).")
        }
        #expect(missing["session"]?.outcome == .open)
        let answered = try legs { passed in
            passed.letIn(true)
            passed.gotAnswer()
        }
        #expect(answered["session"]?.outcome == .passed)
        #expect(answered["session"]?.detail == "none: every call stands alone")
    }

    @Test("a policy is the remedy of a right that is missing, not of a signature")
    func remedies() throws {
        let denied = try legs(auth: .iam) { $0.letIn(false, "denied", lacksRight: true) }
        #expect(denied["authorization"]?.remedy?.contains("THE POLICY") == true)
        let unsigned = try legs(auth: .iam) { $0.letIn(false, "the signature") }
        #expect(unsigned["authorization"]?.outcome == .failed)
        #expect(unsigned["authorization"]?.remedy == nil)
        #expect(unsigned["credentials"]?.outcome == .passed)
        #expect(unsigned["identity"]?.detail.contains("Could not get AWS credentials") == false)
    }

    @Test(
        "whoever shows the wrong kind of proof is not let in, on either surface",
        arguments: [
            #"{"message":"\#(mismatch)"}"#,
            #"{"jsonrpc":"2.0","id":$ID,"error":{"code":-32002,"message":"\#(mismatch)"}}"#,
        ])
    func mismatches(body: String) throws {
        let talk = try HTTPConversation(.agentCore(AgentCoreRetryTests.faults))
        let type = (name: "x-amzn-ErrorType", value: "AccessDeniedException")
        talk.server.always(.answer(403, [type], body))
        let failure = try #require(talk.finished(.initialize).failure)
        #expect(failure.reason.contains("wants to be called with a token"))
        let passed = talk.connection.route.milestones.passed
        #expect(passed.letIn == false && passed.obstacle?.contains("Set 'auth: { jwt") == true)
        talk.stop()
    }

    private static let mismatch =
        "Authorization method mismatch. The agent is configured otherwise."

    @Test("of a signature that is not accepted, the secret key is suspected first")
    func signatures() {
        let refusal = HTTPRefusal(
            403,
            HTTPFields([(name: "x-amzn-ErrorType", value: "InvalidSignatureException")]), nil)
        let message = AgentCoreRetryTests.faults.explain(refusal)?.message ?? ""
        #expect(message.contains("Does the secret access key belong to the access key id, is the"))
        #expect(message.contains("clock") && message.contains("'region'"))
    }
}
