import Machine
import Testing

@testable import Signing

@Suite struct MetadataTests {
    private let world = AWSWorld()

    private func answer(_ id: String, left: Int64 = 21_600) -> String {
        """
        {"Code":"Success","AccessKeyId":"\(id)","SecretAccessKey":"s","Token":"t",\
        "Expiration":"\(Moment.text(world.now + left))"}
        """
    }

    private func serve(_ base: String, token: Int = 200, left: Int64 = 21_600) {
        let text = answer("ASIAIMDS", left: left)
        world.serve(base) { request in
            if request.method == "PUT" { return .success((token, "session")) }
            let isOfSession = request["x-aws-ec2-metadata-token"] == "session"
            guard isOfSession || token != 200 else { return .success((401, "")) }
            return .success((200, request.url.hasSuffix("/") ? "role" : text))
        }
    }

    @Test("without anything else the machine is asked, never through a proxy")
    func machine() throws {
        serve("http://169.254.169.254/")
        let found = try world.get(world.accounts()).get()
        #expect(
            found.accessKeyId == "ASIAIMDS" && found.source == "the role 'role' of this machine")
        #expect(world.ways == [.direct, .direct, .direct])
        #expect(world.requests[0]["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
        #expect(world.requests[0].deadlines.connect == .seconds(1))
    }

    @Test("the older version is spoken where the newer is not known, unless it is switched off")
    func versions() {
        serve("http://169.254.169.254/", token: 404)
        #expect(world.key(world.accounts()) == "ASIAIMDS")
        let off = world.accounts([("AWS_EC2_METADATA_V1_DISABLED", "true")])
        #expect(world.key(off).contains("version 1 is switched off"))
        serve("http://169.254.169.254/", token: 400)
        #expect(world.key(world.accounts()).contains("status 400"))
    }

    @Test("another address is asked where one is named")
    func addresses() {
        serve("http://127.0.0.1:9/x/latest")
        let named = [(name: "AWS_EC2_METADATA_SERVICE_ENDPOINT", value: "http://127.0.0.1:9/x")]
        #expect(world.key(world.accounts(named)) == "ASIAIMDS")
        serve("http://[fd00:ec2::254]/latest")
        let newer = [(name: "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", value: "IPv6")]
        #expect(world.key(world.accounts(newer)) == "ASIAIMDS")
    }

    @Test("when nobody has credentials, everything that was tried is said")
    func nobody() {
        let message = world.key(world.accounts())
        #expect(message.contains("AWS_ACCESS_KEY_ID") && message.contains("profile 'default'"))
        #expect(message.contains("the metadata service at http://169.254.169.254/ does not answer"))
        #expect(world.requests.count == 1)
        let off = world.accounts([("AWS_EC2_METADATA_DISABLED", "TRUE")])
        #expect(world.key(off).contains("switched off"))
        #expect(world.requests.count == 1)
    }

    @Test("credentials that the machine should have replaced are used on for a while")
    func late() throws {
        serve("http://169.254.169.254/", left: -60)
        let found = try world.get(world.accounts()).get()
        #expect(found.expires == world.now + 15 * 60 + 120)
    }

    @Test("a container's host is asked with its token, three times if it must be")
    func container() throws {
        world.put("/token", "Bearer x")
        let accounts = world.accounts([
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "not this one"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"),
        ])
        world.serve("http://169.254.170.23/v1/", 500, "")
        #expect(world.key(accounts).contains("status 500"))
        #expect(world.requests.count == 3)
        world.serve("http://169.254.170.23/v1/", 200, answer("ASIAECS"))
        #expect(world.key(accounts) == "ASIAECS")
        #expect(world.requests[3]["Authorization"] == "Bearer x")
        #expect(Set(world.ways) == [.direct])
        world.put("/token", "Bearer x\n")
        let fresh = world.accounts([
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"),
        ])
        #expect(world.key(fresh).contains("line break"))
    }

    @Test("a path alone means the host of ECS")
    func relative() {
        world.serve("http://169.254.170.2/creds?id=1", 200, answer("ASIAREL"))
        let variables = [(name: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", value: "/creds?id=1")]
        #expect(world.key(world.accounts(variables)) == "ASIAREL")
    }

    @Test(
        "a stranger gets no token over plain HTTP",
        arguments: [
            "http://192.0.2.1/", "http://example.com/", "ftp://localhost/", "http://a.localhost/",
        ])
    func strangers(url: String) {
        let message = world.key(
            world.accounts([("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)]))
        #expect(message.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
        #expect(world.requests.isEmpty)
    }
}
