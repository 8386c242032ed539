import Aggregator
import Machine
import Testing

@testable import Signing

@Suite struct AWSAccountsTests {
    private let world = AWSWorld()

    @Test("a region is looked for in the settings, two variables and the profile, in this order")
    func regions() throws {
        world.config("[default]\nregion = r4\n[profile x]\nregion = r5\n")
        let all = [
            (name: "AWS_DEFAULT_REGION", value: "r3"), (name: "AWS_REGION", value: "r2"),
        ]
        #expect(try world.accounts(all).region(AWSSettings(region: "r1")) == "r1")
        #expect(try world.accounts(all).region(AWSSettings()) == "r2")
        #expect(try world.accounts([all[0]]).region(AWSSettings()) == "r3")
        #expect(try world.accounts([("AWS_REGION", "")]).region(AWSSettings()) == "r4")
        #expect(try world.accounts().region(AWSSettings(profile: "x")) == "r5")
        world.config("")
        #expect(try world.accounts().region(AWSSettings()) == nil)
    }

    @Test("an endpoint is named by two variables, a section of services or the profile")
    func endpoints() throws {
        world.config(
            """
            [default]
            services = local
            endpoint_url = http://profile
            [services local]
            bedrock_agentcore =
              endpoint_url = http://section/
            """)
        func url(_ variables: [(name: String, value: String)], _ service: AWSService = .agentCore)
            throws -> String
        {
            try world.accounts(variables).endpoint(service, region: "us-east-1", AWSSettings()).url
        }
        let variables = [
            (name: "AWS_ENDPOINT_URL", value: "http://all"),
            (name: "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", value: "http://one"),
        ]
        #expect(try url(variables) == "http://one")
        #expect(try url([variables[0]]) == "http://all")
        #expect(try url([]) == "http://section")
        #expect(try url([], .sts) == "http://profile")
        let ignoring = [(name: "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", value: "True")]
        #expect(
            try url(ignoring + variables) == "https://bedrock-agentcore.us-east-1.amazonaws.com")
    }

    @Test("what is no URL and what is no region is refused")
    func refusals() {
        func ask(_ variables: [(name: String, value: String)], _ region: String) throws {
            _ = try world.accounts(variables).endpoint(.sts, region: region, AWSSettings())
        }
        #expect(throws: Failure.self) { try ask([("AWS_ENDPOINT_URL", "nowhere")], "us-east-1") }
        #expect(throws: Failure.self) { try ask([], "us-east-1.evil.example/") }
        #expect(throws: Never.self) { try ask([], "us-east-1") }
    }

    @Test("the older setting sends old regions to the global token service")
    func legacy() throws {
        let accounts = world.accounts([("AWS_STS_REGIONAL_ENDPOINTS", "legacy")])
        let old = try accounts.endpoint(.sts, region: "eu-west-1", AWSSettings())
        #expect(old.url == "https://sts.amazonaws.com" && old.signingRegion == "us-east-1")
        let new = try accounts.endpoint(.sts, region: "ap-east-1", AWSSettings())
        #expect(new.url == "https://sts.ap-east-1.amazonaws.com")
    }

    @Test("authorities of AWS's settings are believed, the variable first")
    func authorities() {
        world.config("[default]\nca_bundle = /profile.pem\n")
        func file(_ variables: [(name: String, value: String)]) -> String? {
            world.accounts(variables).clientSettings(AWSSettings()).trust.file
        }
        #expect(file([("AWS_CA_BUNDLE", "/a.pem"), ("REQUESTS_CA_BUNDLE", "/r.pem")]) == "/a.pem")
        #expect(file([("REQUESTS_CA_BUNDLE", "/r.pem")]) == "/profile.pem")
        #expect(file([("SSL_CERT_FILE", "/s.pem")]) == "/profile.pem")
        world.config("")
        #expect(file([("SSL_CERT_FILE", "/s.pem")]) == "/s.pem")
    }

    @Test("whose credentials they are is asked of the token service")
    func identity() throws {
        world.serve(
            "https://sts.", 200,
            "<R><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn><UserId>U</UserId>"
                + "<Account>1</Account></GetCallerIdentityResult></R>")
        let accounts = world.accounts([
            ("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_REGION", "us-west-2"),
        ])
        let identity = world.run { try? await accounts.identity(AWSSettings()) }
        #expect(identity == AWSIdentity(arn: "arn:aws:iam::1:user/u", account: "1", userId: "U"))
        #expect(world.requests[0].url == "https://sts.us-west-2.amazonaws.com/")
    }

    @Test("who cannot be asked about is not said to have no credentials")
    func unknownIdentity() {
        world.serve("https://sts.", 403, "<E><Code>SignatureDoesNotMatch</Code></E>")
        let accounts = world.accounts([
            ("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_REGION", "us-west-2"),
        ])
        let message = world.run { () async -> String in
            do throws(Failure) {
                return try await accounts.identity(AWSSettings()).arn
            } catch {
                return error.message
            }
        }
        #expect(
            message == "Could not ask AWS who this is: GetCallerIdentity at "
                + "https://sts.us-west-2.amazonaws.com failed: it refused with "
                + "SignatureDoesNotMatch; the secret access key may not be the one of the access "
                + "key id.")
    }

    @Test("texts of XML are read with their entities, and what could grow without bound is not")
    func xml() {
        func texts(_ text: String) -> [String: String]? { XMLTexts.read(Array(text.utf8)) }
        #expect(texts("<a><b>x&lt;&#x41;</b><b>y</b></a>")?["b"] == "x<A")
        #expect(texts("<a><b>x</b>") == nil)
        #expect(texts("") == nil)
        #expect(texts("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>") == nil)
        #expect(texts("<a>\(String(repeating: "x", count: 70_000))</a>") == nil)
        let whole = "<a><b>x</b></a>"
        for count in 0..<whole.count { #expect(texts(String(whole.prefix(count))) == nil) }
    }
}
