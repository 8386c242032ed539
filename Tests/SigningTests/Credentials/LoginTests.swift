import Machine
import Testing
import Wire

@testable import Signing

@Suite struct LoginTests {
    private let world = AWSWorld()
    /// Made for this test.
    private static let key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIJM2bMH74QPUYt9BVgGFp8InI5/EWjxyj0eW1mzqSzVfoAoGCCqGSM49
        AwEHoUQDQgAEu4SE4Da81axbbBVtCqJpwzMDHMlfWcQAxsxoYsY6iiAZJiFfxqkA
        Ikoqjvur1QysaLytQbZTylBRDN0eu+lSPg==
        -----END EC PRIVATE KEY-----
        """

    private var path: String {
        "/home/u/.aws/login/cache/\(Digest.sha256Text(Array("arn:session".utf8))).json"
    }

    private func keep(left: Int64, key: String) {
        let pem = key.replacing("\n", with: "\\n")
        world.config("[default]\nlogin_session = arn:session\nregion = us-east-2\n")
        world.put(
            path,
            """
            {"accessToken":{"accessKeyId":"ASIA1","secretAccessKey":"s","sessionToken":"t",\
            "accountId":"1","expiresAt":"\(Moment.text(world.now + left))"},"tokenType":"x",\
            "refreshToken":"r1","clientId":"c","dpopKey":"\(pem)"}
            """)
    }

    @Test("credentials that last are used, and those of nobody name the command to run")
    func kept() {
        keep(left: 600, key: "")
        #expect(world.key(world.accounts()) == "ASIA1")
        #expect(world.requests.isEmpty)
        world.put(path, "{}")
        #expect(
            world.key(world.accounts()).hasSuffix("'aws login --profile default', then try again."))
        keep(left: 60, key: "no key")
        #expect(world.key(world.accounts()).contains("aws login"))
    }

    @Test("credentials that are about to expire are replaced with a proof of the key")
    func renewing() throws {
        keep(left: 60, key: Self.key)
        world.serve(
            "https://us-east-2.signin.aws.amazon.com/v1/token", 200,
            """
            {"accessToken":{"accessKeyId":"ASIA2","secretAccessKey":"s2","sessionToken":"t2"},\
            "expiresIn":900,"refreshToken":"r2","tokenType":"aws_sigv4"}
            """)
        let found = try world.get(world.accounts()).get()
        #expect(found.accessKeyId == "ASIA2" && found.accountId == "1")
        #expect(found.expires == world.now + 900)
        let proof = try #require(world.requests[0]["DPoP"]).split(separator: ".")
        #expect(proof.count == 3)
        let header = try Value(validating: try #require(Base64.decodeForURL(proof[0])))
        #expect(header["alg"]?.string == "ES256" && header["jwk"]?["crv"]?.string == "P-256")
        let claims = try Value(validating: try #require(Base64.decodeForURL(proof[1])))
        #expect(claims["htu"]?.string == "https://us-east-2.signin.aws.amazon.com/v1/token")
        #expect(Base64.decodeForURL(proof[2])?.count == 64)
        let kept = try Value(validating: Array(try #require(world.text(path)).utf8))
        #expect(kept["refreshToken"]?.string == "r2" && kept["clientId"]?.string == "c")
        #expect(kept["accessToken"]?["accessKeyId"]?.string == "ASIA2")
        #expect(kept["tokenType"]?.string == "x" && kept["dpopKey"]?.string == Self.key)
    }

    @Test("an answer with keys that are over already has none", arguments: ["-1", "0", "1.5"])
    func lifeless(_ life: String) {
        keep(left: 60, key: Self.key)
        world.serve("https://us-east-2.", 200, answer(life))
        #expect(world.key(world.accounts()).contains("has no credentials"))
    }

    @Test("a life that cannot be added to now is a year")
    func endless() throws {
        keep(left: 60, key: Self.key)
        world.serve("https://us-east-2.", 200, answer("9223372036854775807"))
        #expect(try world.get(world.accounts()).get().expires == world.now + 366 * 86_400)
    }

    private func answer(_ life: String) -> String {
        """
        {"accessToken":{"accessKeyId":"ASIA2","secretAccessKey":"s2","sessionToken":"t2"},\
        "expiresIn":\(life),"refreshToken":"r2","tokenType":"aws_sigv4"}
        """
    }

    @Test("a refusal says what to do")
    func refused() {
        keep(left: 60, key: Self.key)
        world.serve("https://us-east-2.", 403, #"{"error":"TOKEN_EXPIRED"}"#)
        #expect(world.key(world.accounts()).contains("aws login --profile default"))
        world.serve("https://us-east-2.", 403, #"{"error":"INSUFFICIENT_PERMISSIONS"}"#)
        #expect(world.key(world.accounts()).contains("signin:CreateOAuth2Token"))
    }

    @Test("what somebody else has renewed meanwhile is used")
    func other() {
        keep(left: 60, key: Self.key)
        world.serve("https://us-east-2.") { [self] _ in
            world.put(path, world.text(path)?.replacing("ASIA1", with: "ASIATHEIRS") ?? "")
            return .success((400, #"{"error":"TOKEN_EXPIRED"}"#))
        }
        #expect(world.key(world.accounts()) == "ASIATHEIRS")
    }
}
