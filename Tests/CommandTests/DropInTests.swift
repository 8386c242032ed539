import Aggregator
import Machine
import Signing
import Testing
import Upstreams

@testable import manifold

@Suite struct DropInTests {
    private let arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/x-1234567890"

    private func variables(_ more: [(String, String)] = []) throws -> AgentCoreVariables {
        let all = [("AGENTCORE_AGENT_ARN", arn)] + more
        return try AgentCoreVariables(Environment(all.map { (name: $0.0, value: $0.1) }))
    }

    private func arguments(_ words: String..., more: [(String, String)] = []) throws
        -> AWSProxyArguments
    {
        try AWSProxyArguments(words, Environment(more.map { (name: $0.0, value: $0.1) }))
    }

    @Test("a program is known by its name, wherever it lies")
    func names() {
        #expect(DropIn.program(calledAs: "/usr/local/bin/mcp-agentcore-proxy") != nil)
        #expect(DropIn.program(calledAs: "mcp-proxy-for-aws") != nil)
        #expect(DropIn.program(calledAs: "manifold") == nil)
        #expect(DropIn.program(calledAs: "") == nil)
    }

    @Test("the session of an identity is the one that the original makes")
    func identity() {
        let name = IdentitySession.name(
            account: "123456789012", userId: "AIDACKCEVSQ6C2EXAMPLE",
            arn: "arn:aws:iam::123456789012:user/DevUser")
        #expect(name == "identity-49086247-6be1-099b-db7a-b9d8569acf0b")
    }

    @Test("an endpoint's ARN is its runtime's and a qualifier, and a qualifier that is given wins")
    func qualifiers() throws {
        #expect(try variables().qualifier == nil)
        let endpoint = ("AGENTCORE_AGENT_ARN", "\(arn)/runtime-endpoint/prod")
        #expect(try variables([endpoint]).runtime == arn)
        #expect(try variables([endpoint]).qualifier == "prod")
        #expect(try variables([endpoint, ("AGENTCORE_QUALIFIER", "x")]).qualifier == "x")
        #expect(try variables([endpoint]).region == "us-west-2")
    }

    @Test("a role has the original's session name unless another is given")
    func roles() throws {
        #expect(try variables([("AGENTCORE_ASSUME_ROLE_ARN", "  ")]).role == nil)
        let role = ("AGENTCORE_ASSUME_ROLE_ARN", " arn:role ")
        #expect(try variables([role]).role?.arn == "arn:role")
        #expect(try variables([role]).role?.sessionName == "mcpAgentCoreProxy")
        let named = ("AGENTCORE_ASSUME_ROLE_SESSION_NAME", "me")
        #expect(try variables([role, named]).role?.sessionName == "me")
    }

    @Test("what follows an option belongs to it, as far as it takes it")
    func options() throws {
        let read = try arguments(
            "https://x/mcp", "--profile", "a", "b", "--metadata", "K=1", "L=x=y", "--metadata=K=2",
            "--read-only", "--retr", "3", "--tool-timeout", "0", "--read-timeout=1.5")
        #expect(read.endpoint == "https://x/mcp")
        #expect(read.profiles == ["a", "b"])
        #expect(read.metadata.map(\.key) == ["L", "K"])
        #expect(read.metadata.map(\.value) == ["x=y", "2"])
        #expect(read.isReadOnly && !read.mayBeUnsigned)
        #expect(read.retries == 3)
        #expect(read.toolTimeout == nil)
        #expect(read.readTimeout == .milliseconds(1500))
    }

    @Test("an endpoint may stand last among the profiles, and variables go before options")
    func profiles() throws {
        let read = try arguments("--profile", "a", "https://x/mcp")
        #expect(read.endpoint == "https://x/mcp" && read.profiles == ["a"])
        let named = try arguments(
            "https://x/mcp", "--profile", "a", more: [("AWS_MCP_PROXY_PROFILES", "c d")])
        #expect(named.profiles == ["c", "d"])
        let usual = try arguments("https://x/mcp", more: [("AWS_PROFILE", "p")])
        #expect(usual.profiles == ["p"])
    }

    @Test(
        "the service and the region are those of the host",
        arguments: [
            (
                "https://x.gateway.bedrock-agentcore.us-west-2.amazonaws.com/mcp",
                "bedrock-agentcore", "us-west-2"
            ),
            (
                "https://bedrock-agentcore.eu-west-1.amazonaws.com/runtimes/a/invocations",
                "bedrock-agentcore", "eu-west-1"
            ),
            ("https://aws-mcp.us-east-1.api.aws/mcp", "aws-mcp", "us-east-1"),
            ("https://thing.example.com/mcp", "thing", nil),
        ])
    func endpoints(url: String, service: String, region: String?) {
        let inferred = AWSProxyEndpoint.inferred(from: url)
        #expect(inferred.service == service)
        #expect(inferred.region == region)
    }
}
