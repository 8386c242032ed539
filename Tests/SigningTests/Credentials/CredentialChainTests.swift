import Aggregator
import Machine
import TestSupport
import Testing

@testable import Signing

@Suite struct CredentialChainTests {
    private let world = AWSWorld()
    private static let keys = [
        (name: "AWS_ACCESS_KEY_ID", value: "AKIDENV"),
        (name: "AWS_SECRET_ACCESS_KEY", value: "hunter2"),
    ]
    private static let both = """
        [default]
        aws_access_key_id = AKIDDEFAULT
        aws_secret_access_key = hunter2
        [other]
        aws_access_key_id = AKIDOTHER
        aws_secret_access_key = hunter2
        """

    @Test("keys of the environment beat AWS_PROFILE, and a profile of the configuration beats both")
    func order() {
        world.credentials(Self.both)
        let accounts = world.accounts(Self.keys + [("AWS_PROFILE", "other")])
        #expect(world.key(accounts) == "AKIDENV")
        #expect(world.key(accounts, AWSSettings(profile: "other")) == "AKIDOTHER")
        #expect(world.key(world.accounts([("AWS_PROFILE", "other")])) == "AKIDOTHER")
        #expect(world.key(world.accounts()) == "AKIDDEFAULT")
    }

    @Test("different upstreams use different profiles at once")
    func several() {
        world.credentials(Self.both)
        let accounts = world.accounts()
        #expect(world.key(accounts, AWSSettings(profile: "other")) == "AKIDOTHER")
        #expect(world.key(accounts, AWSSettings(profile: "default")) == "AKIDDEFAULT")
    }

    @Test("changed files are noticed")
    func rotation() {
        world.credentials(Self.both)
        let accounts = world.accounts()
        #expect(world.key(accounts) == "AKIDDEFAULT")
        world.credentials(Self.both.replacing("AKIDDEFAULT", with: "AKIDROTATED"))
        #expect(world.key(accounts) == "AKIDROTATED")
    }

    @Test("files are looked at once for calls of one moment, but at once after a refusal")
    func glance() throws {
        world.credentials(Self.both)
        let accounts = world.accounts(glance: .milliseconds(1))
        let old = try world.get(accounts).get()
        world.credentials(Self.both.replacing("AKIDDEFAULT", with: "AKIDROTATED"))
        #expect(world.key(accounts) == "AKIDDEFAULT")
        #expect(world.run { await accounts.provider(AWSSettings()).refused(old) } == true)
        #expect(world.key(accounts) == "AKIDROTATED")
        world.credentials(Self.both.replacing("AKIDDEFAULT", with: "AKIDAGAIN"))
        world.time.set(world.time.now + .microseconds(999))
        #expect(world.key(accounts) == "AKIDROTATED")
        world.time.set(world.time.now + .microseconds(1))
        #expect(world.key(accounts) == "AKIDAGAIN")
    }

    @Test("an unknown profile is named with those that there are")
    func unknown() {
        world.credentials(Self.both)
        let message = world.key(world.accounts([("AWS_PROFILE", "typo")]))
        #expect(message.contains("'typo' is neither in ~/.aws/config nor in ~/.aws/credentials"))
        #expect(message.contains("'default', 'other'"))
    }

    @Test(
        "what is configured and broken is a failure with a remedy, and shows no secret",
        arguments: [
            ("[default]\naws_access_key_id=a\n", "only one of aws_access_key_id"),
            ("[default]\nrole_arn=r\n", "no source_profile or credential_source"),
            (
                "[default]\nrole_arn=r\nsource_profile=x\n",
                "'x' of the profile 'default' does not exist"
            ),
            ("[default]\nrole_arn=r\nsource_profile=default\n", "go round in a circle"),
            (
                "[default]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=r\n"
                    + "source_profile=default\n", "'default' → 'b' → 'default'"
            ),
            (
                "[default]\nrole_arn=r\nsource_profile=b\n[profile b]\nregion=x\n",
                "has no credentials"
            ),
            (
                "[default]\nrole_arn=r\nsource_profile=b\ncredential_source=Environment\n",
                "has both"
            ),
            (
                "[default]\nrole_arn=r\ncredential_source=environment\n",
                "none of Ec2InstanceMetadata"
            ),
            ("[default]\nrole_arn=r\ncredential_source=Environment\n", "there are none"),
            ("[default]\nrole_arn=r\ncredential_source=EcsContainer\n", "this is none"),
            (
                "[default]\nrole_arn=r\nmfa_serial=m\nsource_profile=b\n[profile b]\n"
                    + "aws_access_key_id=a\naws_secret_access_key=hunter2\n", "MFA device"
            ),
            ("[default]\nweb_identity_token_file=/t\n", "no role for it"),
            ("[default]\nsso_role_name=r\n", "lacks sso_account_id, sso_start_url, sso_region"),
            ("[default]\nsso_role_name=r\nsso_session=s\n", "sso-session 's'"),
            (
                "[default]\nsso_role_name=r\nsso_account_id=1\nsso_region=a\nsso_session=s\n"
                    + "[sso-session s]\nsso_region=b\nsso_start_url=u\n", "different things"
            ),
            ("[default\nx", "line 1 of '~/.aws/config' cannot be read"),
            ("[default]\nservices=x\n", "services x"),
            ("[default]\ncredential_process=\"x\n", "a quote is left open"),
        ])
    func broken(config: String, words: String) {
        world.config(config)
        let message = world.key(world.accounts())
        #expect(message.contains(words), "\(message)")
        #expect(!message.contains("hunter2"))
        #expect(world.requests.isEmpty)
    }

    @Test("a role is taken on with the source's keys, signed, with what its owner asks for")
    func role() throws {
        world.config(
            """
            [profile r]
            role_arn = arn:aws:iam::123456789012:role/x
            source_profile = other
            external_id = e 1
            duration_seconds = 900
            region = eu-west-1
            """)
        world.credentials(Self.both)
        world.serveRoles()
        let accounts = world.accounts()
        let found = try world.get(accounts, AWSSettings(profile: "r")).get()
        #expect(found.accessKeyId == "ASIAROLE" && found.secretAccessKey == "s&s")
        #expect(found.accountId == "123456789012" && found.expires == world.now + 3600)
        let request = try #require(world.requests.first)
        #expect(request.url == "https://sts.eu-west-1.amazonaws.com/")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012"
                + "%3Arole%2Fx&RoleSessionName=manifold&ExternalId=e%201&DurationSeconds=900")
        #expect(request["Authorization"]?.contains("AKIDOTHER/20260115/eu-west-1/sts/") == true)
        #expect(world.key(accounts, AWSSettings(profile: "r")) == "ASIAROLE")
        #expect(world.requests.count == 1)
    }

    @Test("roles are chained, and one of the configuration comes last")
    func chained() throws {
        world.config(
            """
            [profile a]
            role_arn = arn:aws:iam::1:role/a
            source_profile = b
            [profile b]
            role_arn = arn:aws:iam::1:role/b
            source_profile = other
            """)
        world.credentials(Self.both)
        world.serve("https://sts.") { [world] request in
            let form = String(decoding: request.body, as: UTF8.self)
            let name = form.contains("role%2Fa") ? "A" : form.contains("role%2Fb") ? "B" : "C"
            return .success((200, AWSWorld.role("ASIA\(name)", until: world.now + 3600, form)))
        }
        let role = AWSSettings.Role(arn: "arn:aws:iam::2:role/c", sessionName: "mine")
        let settings = AWSSettings(profile: "a", region: "us-east-2", role: role)
        #expect(world.key(world.accounts(), settings) == "ASIAC")
        let signers = world.requests.compactMap { $0["Authorization"]?.split(separator: "/").first }
        #expect(
            signers.map { $0.split(separator: "=").last ?? "" } == ["AKIDOTHER", "ASIAB", "ASIAA"])
        #expect(String(decoding: world.requests[2].body, as: UTF8.self).contains("=mine"))
    }

    @Test("why a role was refused is said, and a signature that was refused is not repeated")
    func refusedRole() {
        world.config("[default]\nrole_arn=arn:x\nsource_profile=other\nregion=eu-west-1\n")
        world.credentials("[other]\naws_access_key_id=a\naws_secret_access_key=hunter2\n")
        func answer(_ code: String, _ message: String) -> String {
            "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
                + "</ErrorResponse>"
        }
        world.serve("https://sts.", 403, answer("AccessDenied", "User: u is not authorized"))
        #expect(
            world.key(world.accounts()) == "Could not get AWS credentials: AssumeRole at "
                + "https://sts.eu-west-1.amazonaws.com failed: it refused with AccessDenied: "
                + "User: u is not authorized; whoever owns the role must let this identity in: its "
                + "trust policy, and the right 'sts:AssumeRole'.")
        world.serve("https://sts.", 403, answer("SignatureDoesNotMatch", "s3cret"))
        #expect(
            world.key(world.accounts()).hasSuffix(
                "it refused with SignatureDoesNotMatch; the secret access key may not be the one of "
                    + "the access key id."))
        world.serve("https://sts.", 500, "<")
        #expect(world.key(world.accounts()).hasSuffix("it answered with status 500."))
        #expect(world.requests.count == 5)
    }

    @Test("what is wrong with a request is said, unless the words hold what may be a secret")
    func invalidRole() {
        world.credentials("[default]\naws_access_key_id=a\naws_secret_access_key=b\n")
        func said(_ code: String, _ message: String) -> String {
            world.serve(
                "https://sts.", 400,
                "<E><Error><Code>\(code)</Code><Message>\(message)</Message></Error></E>")
            let role = AWSSettings.Role(arn: "caller", externalId: "hunter2")
            return world.key(world.accounts(), AWSSettings(region: "us-east-2", role: role))
        }
        #expect(
            said("ValidationError", "caller is invalid").hasSuffix(
                "it refused with ValidationError: caller is invalid."))
        #expect(
            said("ValidationException", "Only GetCallerIdentity is emulated.").hasSuffix(
                "it refused with ValidationException: Only GetCallerIdentity is emulated."))
        #expect(
            said("ValidationError", "Value 'hunter2' at 'externalId'").hasSuffix(
                "it refused with ValidationError."))
    }

    @Test("who may not ask who it is lacks no right to a role")
    func refusedIdentity() throws {
        world.credentials("[default]\naws_access_key_id=a\naws_secret_access_key=b\n")
        world.serve(
            "https://sts.", 403,
            "<E><Error><Code>AccessDenied</Code><Message>no</Message></Error></E>")
        let accounts = world.accounts()
        let said = world.run { () async -> String in
            do throws(Failure) {
                return try await accounts.identity(AWSSettings(region: "us-east-2")).arn
            } catch {
                return error.message
            }
        }
        let message = try #require(said)
        #expect(message.contains("it refused with AccessDenied: no; it takes no right"))
        #expect(!message.contains("AssumeRole"))
    }

    @Test("a clock that is wrong is corrected by the token service's")
    func clock() {
        world.config("[default]\nrole_arn=arn:x\nsource_profile=other\nregion=eu-west-1\n")
        world.credentials("[other]\naws_access_key_id=a\naws_secret_access_key=b\n")
        world.date("Thu, 15 Jan 2026 13:34:56 GMT")
        world.serve("https://sts.") { [world] request in
            guard request["X-Amz-Date"] == "20260115T133456Z" else {
                return .success((403, "<E><Code>RequestExpired</Code></E>"))
            }
            return .success((200, AWSWorld.role("ASIA", until: world.now + 7200, "")))
        }
        #expect(world.key(world.accounts()) == "ASIA")
    }

    @Test("a web identity token is read for every use, and the request is not signed")
    func webIdentity() throws {
        world.put("/token", "tok+1")
        world.serveRoles("ASIAWEB")
        let accounts = world.accounts([
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"), ("AWS_ROLE_ARN", "arn:r"),
            ("AWS_REGION", "us-west-2"),
        ])
        #expect(world.key(accounts) == "ASIAWEB")
        let request = try #require(world.requests.first)
        #expect(request["Authorization"] == nil)
        #expect(String(decoding: request.body, as: UTF8.self).hasSuffix("WebIdentityToken=tok%2B1"))
        #expect(request.url == "https://sts.us-west-2.amazonaws.com/")
    }

    @Test("a program gives credentials, and what it says wrongly is not repeated")
    func process() throws {
        world.config("[default]\ncredential_process = tool --flag 'a b'\naws_account_id = 7\n")
        let accounts = world.accounts()
        #expect(world.key(accounts).contains("Could not start 'tool'"))
        func finish(_ code: Int32, _ output: String) {
            world.finish(
                .success(.init(status: .code(code), output: Array(output.utf8), errors: "hunter2")))
        }
        for output in [
            "hunter2", #"{"Version":2,"AccessKeyId":"hunter2"}"#, #"{"Version":1}"#,
            #"{"Version":1,"AccessKeyId":"a","SecretAccessKey":"hunter2","Expiration":"soon"}"#,
            #"{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"2020-01-01T00:00:00Z"}"#,
        ] {
            finish(0, output)
            let message = world.key(accounts)
            #expect(message.hasPrefix("Could not get AWS credentials: "))
            #expect(!message.contains("hunter2"), "\(message)")
        }
        finish(3, "{}")
        #expect(world.key(accounts).contains("exited with code 3; run it by hand to see why: tool"))
        finish(
            0, #"{"Version":1,"AccessKeyId":"ASIAPROC","SecretAccessKey":"b","SessionToken":"t"}"#)
        let found = try world.get(accounts).get()
        #expect(found.accessKeyId == "ASIAPROC" && found.accountId == "7" && found.expires == nil)
        #expect(world.programs.first == ["tool", "--flag", "a b"])
    }

    @Test("a role's source whose credentials have expired is asked for others, once")
    func expiredSource() {
        world.config(
            "[default]\nrole_arn=arn:x\nsource_profile=p\nregion=eu-west-1\n[profile p]\n"
                + "credential_process = tool\n")
        @Sendable func finish(_ id: String) {
            let text = #"{"Version":1,"AccessKeyId":"\#(id)","SecretAccessKey":"b"}"#
            world.finish(.success(.init(status: .code(0), output: Array(text.utf8), errors: "")))
        }
        finish("OLD")
        world.serve("https://sts.") { [world] request in
            guard request["Authorization"]?.contains("Credential=NEW/") == true else {
                finish("NEW")
                return .success((403, "<E><Code>ExpiredToken</Code></E>"))
            }
            return .success((200, AWSWorld.role("ASIA", until: world.now + 3600, "")))
        }
        #expect(world.key(world.accounts()) == "ASIA")
        #expect(world.programs.count == 2)
    }
}
