import Machine
import Testing
import Wire

@testable import Signing

@Suite struct PortalTests {
    private let world = AWSWorld()
    private static let session = """
        [default]
        sso_session = corp
        sso_account_id = 111122223333
        sso_role_name = Dev Role
        [sso-session corp]
        sso_region = eu-central-1
        sso_start_url = https://corp.awsapps.com/start
        """
    private static let legacy = """
        [profile old]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = eu-central-1
        sso_account_id = 111122223333
        sso_role_name = Dev
        """

    private func path(_ name: String) -> String {
        "/home/u/.aws/sso/cache/\(Digest.sha1Text(Array(name.utf8))).json"
    }

    private func keep(_ name: String, _ token: String, left: Int64, _ more: String = "") {
        world.put(
            path(name),
            #"{"accessToken":"\#(token)","expiresAt":"\#(Moment.text(world.now + left))"\#(more)}"#)
    }

    private func serve(_ id: String) {
        world.serve("https://portal.sso.") { [world] _ in
            .success(
                (
                    200,
                    """
                    {"roleCredentials":{"accessKeyId":"\(id)","secretAccessKey":"s",\
                    "sessionToken":"t","expiration":\((world.now + 3600) * 1000)}}
                    """
                ))
        }
    }

    @Test("the token that 'aws sso login' keeps gets the credentials of a role")
    func portal() throws {
        world.config(Self.session)
        keep("corp", "tok", left: 3600)
        serve("ASIASSO")
        let found = try world.get(world.accounts()).get()
        #expect(found.accessKeyId == "ASIASSO" && found.expires == world.now + 3600)
        let request = try #require(world.requests.first)
        #expect(
            request.url == "https://portal.sso.eu-central-1.amazonaws.com/federation/credentials"
                + "?role_name=Dev%20Role&account_id=111122223333")
        #expect(request["x-amz-sso_bearer_token"] == "tok")
        #expect(request["Authorization"] == nil)
    }

    @Test("the older form keeps its token under the address of the portal")
    func older() {
        world.config(Self.legacy)
        keep("https://corp.awsapps.com/start", "tok", left: 60)
        serve("ASIAOLD")
        #expect(world.key(world.accounts([("AWS_PROFILE", "old")])) == "ASIAOLD")
        #expect(world.requests.count == 1)
    }

    @Test("without a token, or with one that has expired, the command to run is named")
    func login() {
        world.config(Self.session + "\n" + Self.legacy)
        let accounts = world.accounts()
        let remedy = "sign in with 'aws sso login --profile default', then try again."
        #expect(world.key(accounts).hasSuffix(remedy))
        keep("corp", "hunter2", left: -1)
        #expect(world.key(accounts).hasSuffix(remedy))
        keep("corp", "hunter2", left: 3600)
        world.serve("https://portal.sso.", 401, #"{"message":"hunter2"}"#)
        #expect(world.key(accounts).hasSuffix(remedy))
        world.serve("https://portal.sso.", 403, "{}")
        #expect(
            world.key(accounts).contains("'Dev Role' in the account 111122223333 is not assigned"))
        keep("https://corp.awsapps.com/start", "tok", left: 0)
        #expect(world.key(accounts, AWSSettings(profile: "old")).contains("--profile old"))
    }

    @Test("a token that is about to expire is replaced and kept for the next")
    func refreshing() throws {
        world.config(Self.session)
        let registration = """
            ,"refreshToken":"r1","clientId":"c","clientSecret":"cs",\
            "registrationExpiresAt":"\(Moment.text(world.now + 86_400))"
            """
        keep("corp", "old", left: 600, registration)
        world.serve(
            "https://oidc.eu-central-1.amazonaws.com/token", 200,
            #"{"accessToken":"new","expiresIn":28800,"refreshToken":"r2","tokenType":"Bearer"}"#)
        serve("ASIASSO")
        #expect(world.key(world.accounts()) == "ASIASSO")
        let body = try Value(validating: world.requests[0].body)
        #expect(
            body["grantType"]?.string == "refresh_token" && body["refreshToken"]?.string == "r1")
        #expect(world.requests[1]["x-amz-sso_bearer_token"] == "new")
        let kept = try Value(validating: Array(try #require(world.text(path("corp"))).utf8))
        #expect(kept["accessToken"]?.string == "new" && kept["refreshToken"]?.string == "r2")
        #expect(kept["clientSecret"]?.string == "cs")
        #expect(kept["expiresAt"]?.string == Moment.text(world.now + 28_800))
    }

    @Test("a life of a token that cannot be added to now is a year")
    func endless() throws {
        world.config(Self.session)
        let registration = """
            ,"refreshToken":"r1","clientId":"c","clientSecret":"cs",\
            "registrationExpiresAt":"\(Moment.text(world.now + 86_400))"
            """
        keep("corp", "old", left: 600, registration)
        world.serve(
            "https://oidc.", 200, #"{"accessToken":"new","expiresIn":9223372036854775807}"#)
        serve("ASIASSO")
        #expect(world.key(world.accounts()) == "ASIASSO")
        let kept = try Value(validating: Array(try #require(world.text(path("corp"))).utf8))
        #expect(kept["expiresAt"]?.string == Moment.text(world.now + 366 * 86_400))
    }

    @Test("a token that cannot be replaced is used as long as it is good")
    func covering() {
        world.config(Self.session)
        let registration = """
            ,"refreshToken":"r1","clientId":"c","clientSecret":"cs",\
            "registrationExpiresAt":"\(Moment.text(world.now + 86_400))"
            """
        keep("corp", "old", left: 600, registration)
        world.serve("https://oidc.", 400, #"{"error":"invalid_grant"}"#)
        serve("ASIASSO")
        #expect(world.key(world.accounts()) == "ASIASSO")
        keep("corp", "old", left: -1, registration)
        #expect(world.key(world.accounts()).contains("aws sso login"))
    }

    @Test("a token that somebody else has renewed meanwhile is used")
    func other() {
        world.config(Self.session)
        let registration = """
            ,"refreshToken":"r1","clientId":"c","clientSecret":"cs",\
            "registrationExpiresAt":"\(Moment.text(world.now + 86_400))"
            """
        keep("corp", "old", left: -1, registration)
        world.serve("https://oidc.") { [self] _ in
            keep("corp", "theirs", left: 3600)
            return .success((400, #"{"error":"invalid_grant"}"#))
        }
        serve("ASIASSO")
        #expect(world.key(world.accounts()) == "ASIASSO")
        #expect(world.requests.last?["x-amz-sso_bearer_token"] == "theirs")
    }
}
