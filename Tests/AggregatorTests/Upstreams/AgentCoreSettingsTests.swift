import Aggregator
import Machine
import Signing
import Testing
import Wire

@testable import Upstreams

/// How runtimes and gateways are named in a configuration.
@Suite struct AgentCoreSettingsTests {
    private static let arn =
        "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/my_agent-AbCdEfGhIj"

    @Test("every form of a runtime's ARN is read")
    func names() throws {
        let plain = try #require(RuntimeName(Self.arn))
        #expect(plain.region == "us-west-2" && plain.account == "123456789012")
        #expect(plain.id == "my_agent-AbCdEfGhIj" && plain.endpoint == nil)
        #expect(plain.resource == Self.arn)
        let endpoint = try #require(RuntimeName(Self.arn + "/runtime-endpoint/prod"))
        #expect(endpoint.resource == Self.arn && endpoint.endpoint == "prod")
        let old = "arn:aws-cn:bedrock-agentcore:cn-north-1:123456789012:agent/a-AbCdEfGhIj:3"
        #expect(RuntimeName(old)?.resource == old && RuntimeName(old)?.id == "a-AbCdEfGhIj")
    }

    @Test(
        "what is no ARN of a runtime is not taken for one",
        arguments: [
            "", "x", "arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/x-AbCdEfGhIj",
            "arn:aws:lambda:us-west-2:123456789012:runtime/x-AbCdEfGhIj",
            "arn:aws:bedrock-agentcore:us-west-2:12345:runtime/x-AbCdEfGhIj",
            "arn:aws:bedrock-agentcore:US:123456789012:runtime/x-AbCdEfGhIj",
            "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/",
            "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/x-A/../y",
            "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/x-A/runtime-endpoint/",
            "arn:aws:bedrock-agentcore:us-west-2:123456789012:agent/x-A:y",
            "arn:awsx:bedrock-agentcore:us-west-2:123456789012:runtime/x-AbCdEfGhIj",
        ])
    func strangers(text: String) {
        #expect(RuntimeName(text) == nil)
    }

    @Test("a role is named by its ARN, in any partition", arguments: ["runtime", "gateway"])
    func roles(kind: String) throws {
        func said(_ arn: String) throws -> String {
            let place =
                kind == "gateway"
                ? "url: https://x.example/mcp, region: us-east-1" : "arn: \"\(Self.arn)\""
            return try complaint(
                "upstreams: { a: { \(kind): { \(place), role: { arn: \"\(arn)\" } } } }",
                environment: ["ROLE": "caller"])
        }
        for arn in [
            "arn:aws:iam::123456789012:role/caller",
            "arn:aws-cn:iam::123456789012:role/a/b/c+=,.@-_",
            "arn:aws-us-gov:iam::123456789012:role/c", "arn:aws-iso-b:iam::123456789012:role/c",
            "arn:aws-eusc:iam::123456789012:role/c",
        ] { #expect(try said(arn) == "") }
        for arn in [
            "caller", "${env:ROLE}", "arn:aws:iam::123456789012:user/caller",
            "arn:aws:iam::123:role/caller", "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/a//b", "arn:aws:iam:us-east-1:123456789012:role/c",
            "arn:aws:sts::123456789012:assumed-role/caller/me", "arn:awsx:iam::123456789012:role/c",
            "arn:aws:iam::123456789012:role/a b",
        ] { #expect(try said(arn).contains("must be a text that is the ARN of an IAM role")) }
    }

    @Test("a path encodes its ARN once")
    func paths() {
        #expect(
            RuntimePath.invocations(Self.arn, qualifier: "DEFAULT")
                == "/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A123456789012%3Aruntime%2F"
                + "my_agent-AbCdEfGhIj/invocations?qualifier=DEFAULT")
        #expect(
            RuntimePath.invocations(
                "my_agent-AbCdEfGhIj", qualifier: "v 1+beta", account: "123456789012")
                == "/runtimes/my_agent-AbCdEfGhIj/invocations?qualifier=v%201%2Bbeta"
                + "&accountId=123456789012")
    }

    @Test(
        "an entry for a runtime is read with all its parts, and waits as long as runtimes may take")
    func runtime() throws {
        let text = """
            upstreams:
              weather:
                timeouts: { idle: 5 s }
                runtime:
                  arn: \(Self.arn)/runtime-endpoint/prod
                  profile: team
                  role: { arn: "arn:aws:iam::123456789012:role/x", externalId: e, sessionName: s }
                  userId: ${env:WHO}
                  headers: { X-Amzn-Bedrock-AgentCore-Runtime-Custom-Team: blue, X-Key: k }
                  endpoint: http://127.0.0.1:9700
                  stopAtExit: true
            """
        let upstream = try #require(try read(text, environment: ["WHO": "me"]).upstreams.first)
        let settings = try #require(upstream.settings as? RuntimeSettings)
        #expect(settings.endpointName == "prod" && settings.target.name == Self.arn)
        #expect(settings.aws.settings.profile == "team" && settings.userId?.value == "me")
        #expect(settings.aws.settings.role?.externalId == "e" && settings.stopsAtExit)
        #expect(settings.headers.count == 2 && settings.auth == .iam)
        #expect(upstream.timeouts.start == .seconds(180) && upstream.timeouts.idle == .seconds(5))
    }

    @Test("tokens of AgentCore Identity are wished for with a provider's name")
    func identity() throws {
        let auth =
            "{ identity: { provider: crm, scopes: [a, b], workload: w-1, region: eu-west-1 } }"
        let runtime = "upstreams: { a: { runtime: { arn: \"\(Self.arn)\", auth: \(auth) } } }"
        let gateway = "upstreams: { a: { gateway: { url: https://x.example/mcp, auth: \(auth) } } }"
        for text in [runtime, gateway] {
            let settings = try read(text).upstreams.first?.settings
            let auth =
                (settings as? RuntimeSettings)?.auth ?? (settings as? GatewaySettings)?.auth
            guard case .identity(let identity) = auth else {
                Issue.record("\(text)")
                continue
            }
            #expect(identity.provider == "crm" && identity.scopes == ["a", "b"])
            #expect(identity.workload == "w-1" && identity.region?.value == "eu-west-1")
        }
    }

    @Test(
        "the runtime that we run on is known by what its platform sets",
        arguments: [
            ("service.name=x,cloud.resource_id=ARN/runtime-endpoint/DEFAULT:DEFAULT,a=b", true),
            ("cloud.resource_id=ARN", true), ("cloud.resource_id=ARN:DEFAULT", true),
            ("cloud.resource_id=arn:aws:lambda:us-west-2:1:function/x", false),
            ("service.name=x", false), ("", false), ("cloud.resource_id=", false),
        ])
    func hosted(attributes: String, isHosted: Bool) {
        let text = attributes.replacing("ARN", with: Self.arn)
        let runtime = HostedRuntime(Environment([("OTEL_RESOURCE_ATTRIBUTES", text)]))
        #expect(runtime?.id == (isHosted ? "my_agent-AbCdEfGhIj" : nil))
        #expect(runtime?.region == (isHosted ? "us-west-2" : nil))
    }

    @Test("tokens are given, or got from a URL or an issuer")
    func tokens() throws {
        for (auth, expected) in [
            ("{ bearer: t }", "bearer"), ("{ jwt: { tokenUrl: https://l/t, ID } }", "jwt"),
            ("{ oauth: { issuer: https://l, ID } }", "jwt"), ("iam", "iam"),
        ] {
            let auth = auth.replacing("ID", with: "clientId: c, clientSecret: s")
            let text = "upstreams: { a: { runtime: { arn: \"\(Self.arn)\", auth: \(auth) } } }"
            let settings = try read(text).upstreams.first?.settings as? RuntimeSettings
            switch settings?.auth {
            case .iam: #expect(expected == "iam")
            case .bearer(let token): #expect(expected == "bearer" && token == "t")
            case .oauth(let oauth): #expect(expected == "jwt" && oauth.clientId == "c")
            case .some(.none), .identity, nil: Issue.record("no proof")
            }
        }
    }

    @Test(
        "what does not go together is an error at its place",
        arguments: [
            ("{ arn: \"ARN\", region: eu-west-1 }", "'eu-west-1', but the ARN says 'us-west-2'"),
            ("{ arn: \"ARN/runtime-endpoint/a\", qualifier: b }", "is 'b', but the ARN says 'a'"),
            ("{ arn: \"ARN\", account: \"999999999999\" }", "but the ARN says '123456789012'"),
            ("{ id: x-AbCdEfGhIj }", "needs 'account' beside 'id'"),
            ("{ arn: \"ARN\", id: x-AbCdEfGhIj }", "give one of them"),
            ("{ }", "needs one of 'arn', 'id'"), ("{ arn: nonsense }", "must be a text that is"),
            ("{ arn: \"ARN\", auth: { bearer: t }, userId: me }", "goes with 'auth: iam' only"),
            ("{ arn: \"ARN\", auth: none }", "must be one of 'iam'"),
            ("{ arn: \"ARN\", headers: { X-Amz-Date: x } }", "X-Amz-Date"),
            ("{ arn: \"ARN\", headers: { Authorization: x } }", "Authorization"),
            ("{ arn: \"ARN\", auth: { jwt: { clientId: c, clientSecret: s } } }", "needs one of"),
        ])
    func mistakes(entry: String, expected: String) throws {
        let entry = entry.replacing("ARN", with: Self.arn)
        let said = try complaint("upstreams:\n  a:\n    runtime: \(entry)\n")
        #expect(said.contains(expected), "\(said)")
        #expect(said.contains("^"))
    }

    @Test("nothing is sent to a host of AWS that everybody on the way could read")
    func plain() throws {
        func said(_ kind: String, _ url: String) throws -> String {
            let place = kind == "gateway" ? "url" : "arn: \"\(Self.arn)\", endpoint"
            return try complaint(
                "upstreams: { a: { \(kind): { \(place): \"\(url)\" } } }",
                environment: ["GATEWAY": "http://x.gateway.bedrock-agentcore.eu-west-1.api.aws/"])
        }
        for kind in ["gateway", "runtime", "bridge"] {
            for url in [
                "http://x.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp",
                "http://bedrock-agentcore.cn-north-1.AMAZONAWS.com.cn:80", "${env:GATEWAY}",
            ] {
                let text = try said(kind, url)
                #expect(text.contains("of upstream 'a' must begin with 'https://'"), "\(text)")
            }
            for url in [
                "http://127.0.0.1:9700/x", "http://emulator:8800",
                "https://x.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp",
                "http://amazonaws.com.example",
            ] { #expect(try said(kind, url) == "") }
        }
    }

    @Test("a gateway's host says its region, and its tool for searching has a clear name")
    func gateway() throws {
        let url = "https://my-gw-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp"
        let text = "upstreams: { maths: { gateway: { url: \(url) } } }"
        let upstream = try #require(try read(text).upstreams.first)
        let settings = try #require(upstream.settings as? GatewaySettings)
        #expect(settings.host?.region == "eu-west-1" && settings.host?.id == "my-gw-abcdefghij")
        #expect(upstream.rename == ["x_amz_bedrock_agentcore_search": "search_tools"])
        let own =
            "upstreams: { maths: { rename: { x_amz_bedrock_agentcore_search: find }, "
            + "gateway: { url: \(url), auth: none } } }"
        #expect(try read(own).upstreams.first?.rename.values.first == "find")
        #expect(GatewayHost("tools.example.com") == nil)
        #expect(
            try complaint("upstreams: { a: { gateway: { url: \(url), region: us-east-1 } } }")
                .contains("but the host says 'eu-west-1'"))
    }

    @Test("an issuer's document is believed only if it is its own")
    func issuers() {
        let body = { (issuer: String, methods: String) in
            Array(
                #"{"issuer":"\#(issuer)","token_endpoint":"https://l/t"\#(methods)}"#.utf8)
        }
        let server = IssuerTokens.Server(body("https://l/", ""), of: "https://l")
        #expect(server?.tokenEndpoint == "https://l/t" && server?.wantsPost == false)
        let post = #","token_endpoint_auth_methods_supported":["client_secret_post"]"#
        #expect(IssuerTokens.Server(body("https://l", post), of: "https://l")?.wantsPost == true)
        #expect(IssuerTokens.Server(body("https://evil", ""), of: "https://l") == nil)
        #expect(IssuerTokens.Server(Array("{}".utf8), of: "https://l") == nil)
        #expect(
            IssuerTokens.documents(of: "https://l/a", at: "https://l") == [
                "https://l/a/.well-known/openid-configuration",
                "https://l/.well-known/oauth-authorization-server/a",
            ])
    }
}
