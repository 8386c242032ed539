import Aggregator
import Machine
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Signing

@Suite struct OAuthClientCredentialsTests {
    private let server = TokenServer()

    @Test("a token is asked for once, and put in the place of any other field")
    func first() throws {
        let credentials = try server.credentials()
        server.token("one")
        let outcome = server.authorize(credentials)
        server.loop.run()
        #expect(try outcome.value?.get() == "Authorization: Bearer one")
        #expect(server.token(credentials) == "one")
        #expect(server.count == 1)
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.url == "https://login.example/oauth2/token?tenant=secret-tenant")
        #expect(request["content-type"] == "application/x-www-form-urlencoded")
    }

    @Test("the client proves itself in a field or in the body, never in both")
    func proofs() throws {
        server.token("one")
        server.token("two")
        let basic = try server.credentials(
            scopes: ["crm/read", "crm/write"], audience: "a&b", resource: "https://r/")
        #expect(server.token(basic) == "one")
        #expect(server.token(try server.credentials(scopes: [], proof: .post)) == "two")
        #expect(
            server.bodies == [
                "grant_type=client_credentials&scope=crm%2Fread+crm%2Fwrite&audience=a%26b"
                    + "&resource=https%3A%2F%2Fr%2F",
                "grant_type=client_credentials&client_id=client+id&client_secret=s%2Bcret",
            ])
        let pair = Base64.encode(Array("client+id:s%2Bcret".utf8))
        #expect(server.requests.map { $0["Authorization"] } == ["Basic \(pair)", nil])
    }

    @Test(
        "a token is replaced before it expires, earlier by chance, and never at once",
        arguments: [
            (3600, 0.0, 3240), (3600, 1.0, 3060), (600, 0.0, 540), (100, 0.0, 50), (10, 0.0, 5),
        ])
    func early(life: Int, jitter: Double, good: Int) throws {
        let credentials = try server.credentials(jitter: jitter)
        let start = server.time.now
        server.token("one", life: life)
        #expect(server.token(credentials) == "one")
        server.time.set(start + .seconds(good) - .milliseconds(1))
        #expect(server.token(credentials) == "one")
        server.time.set(start + .seconds(good))
        server.token("two", life: life)
        #expect(server.token(credentials) == "two")
        #expect(server.count == 2)
    }

    @Test("many calls ask once, and all get the token")
    func together() throws {
        let credentials = try server.credentials()
        let door = server.hold()
        server.token("one")
        let outcomes = (0..<50).map { _ in server.authorize(credentials) }
        server.loop.run()
        #expect(server.count == 1)
        door.open()
        server.loop.run()
        for outcome in outcomes { #expect(try outcome.value?.get() == "Authorization: Bearer one") }
        #expect(server.count == 1)
    }

    @Test("who is about to leave uses the token that is there, and asks for none")
    func leaving() throws {
        let credentials = try server.credentials()
        let early = server.authorize(credentials)
        early.cancel()
        server.loop.run()
        #expect(throws: Failure.self) { try early.value?.get() }
        #expect(server.count == 0)
        server.token("one")
        #expect(server.token(credentials) == "one")
        let late = server.authorize(credentials)
        late.cancel()
        server.loop.run()
        #expect(try late.value?.get() == "Authorization: Bearer one")
        #expect(server.count == 1)
    }

    @Test("cancelling one caller, even the one that asked, takes nothing from the others")
    func cancelling() throws {
        let credentials = try server.credentials()
        let door = server.hold()
        server.token("one")
        let outcomes = (0..<3).map { _ in server.authorize(credentials) }
        server.loop.run()
        outcomes[1].cancel()
        server.loop.run()
        #expect(throws: Failure.self) { try outcomes[1].value?.get() }
        #expect(outcomes[2].value == nil)
        outcomes[0].cancel()
        server.loop.run()
        #expect(throws: Failure.self) { try outcomes[0].value?.get() }
        door.open()
        server.loop.run()
        #expect(try outcomes[2].value?.get() == "Authorization: Bearer one")
    }

    @Test("a failure goes to those who waited, and later calls try anew")
    func failing() throws {
        let credentials = try server.credentials()
        let door = server.hold()
        server.next(400, #"{"error":"invalid_scope","error_description":"s+cret"}"#)
        let outcomes = (0..<3).map { _ in server.authorize(credentials) }
        server.loop.run()
        door.open()
        server.loop.run()
        for outcome in outcomes {
            guard case .failure(let failure) = outcome.value else {
                Issue.record("A call without a token went on.")
                continue
            }
            #expect(failure.code == .unavailable)
            #expect(failure.executed == .no)
            #expect(
                failure.message == "Upstream 'crm': could not get an access token from "
                    + "'https://login.example': it answered with status 400 and the error "
                    + "'invalid_scope'.")
        }
        #expect(server.count == 1)
        server.token("one")
        #expect(server.token(credentials) == "one")
    }

    @Test("while a token is good, it covers for a server that is not")
    func covering() throws {
        let credentials = try server.credentials()
        let start = server.time.now
        server.token("one", life: 1000)
        #expect(server.token(credentials) == "one")
        server.time.set(start + .seconds(900))
        server.next(503, "")
        #expect(server.token(credentials) == "one")
        #expect(server.token(credentials) == "one")
        #expect(server.count == 2)
        // Others use it too while one waits for the next.
        server.time.set(start + .seconds(950))
        let door = server.hold()
        server.token("two")
        let waiting = server.authorize(credentials)
        #expect(server.token(credentials) == "one")
        #expect(waiting.value == nil)
        door.open()
        server.loop.run()
        #expect(try waiting.value?.get() == "Authorization: Bearer two")
        server.time.set(start + .seconds(9000))
        server.next(503, "")
        #expect(server.failure(credentials)?.message.contains("status 503") == true)
    }

    @Test("a refused token is replaced once, whoever is refused")
    func renewal() throws {
        let credentials = try server.credentials()
        server.token("one")
        #expect(server.token(credentials) == "one")
        #expect(server.refuse("one", 403, credentials).value == false)
        #expect(server.count == 1)

        let door = server.hold()
        server.token("two")
        let refusals = (0..<3).map { _ in server.refuse("one", 401, credentials) }
        #expect(server.count == 2)
        door.open()
        server.loop.run()
        for refusal in refusals { #expect(refusal.value == true) }
        #expect(server.refuse("one", 401, credentials).value == true)
        #expect(server.count == 2)

        // The new one is refused as well: it is not the token.
        #expect(server.refuse("two", 401, credentials).value == false)
        #expect(server.count == 2)
        server.time.set(server.time.now + .seconds(60))
        server.token("three")
        #expect(server.refuse("two", 401, credentials).value == true)
        #expect(server.token(credentials) == "three")
    }

    @Test("a refused token that cannot be replaced leaves the refusal as it is")
    func noRenewal() throws {
        let credentials = try server.credentials()
        server.token("one")
        #expect(server.token(credentials) == "one")
        server.fail(MachineFailure(.unreachable, "Could not POST 'https://login.example': no."))
        #expect(server.refuse("one", 401, credentials).value == false)
        server.token("two")
        #expect(server.token(credentials) == "two")
    }

    @Test(
        "what is no bearer token is a failure that repeats nothing of it",
        arguments: [
            (200, "s+cret"), (200, "{}"), (200, #"{"access_token":""}"#),
            (200, #"{"access_token":"s+cret\r\nX: y"}"#), (200, #"{"access_token":7}"#),
            (200, #"{"access_token":"s+cret","token_type":"mac"}"#), (302, ""), (500, "s+cret"),
            (400, #"{"error":"s+cret"}"#), (401, #"{"error":"Not a code"}"#),
        ])
    func malformed(status: Int, body: String) throws {
        let credentials = try server.credentials()
        server.next(status, body)
        let failure = try #require(server.failure(credentials))
        #expect(failure.upstream == "crm")
        #expect(failure.message.contains("https://login.example"))
        for secret in ["s+cret", "secret-tenant", "Not a code"] {
            #expect(!failure.message.contains(secret))
        }
    }

    @Test(
        "lifetimes are numbers or texts, and five minutes when there are none",
        arguments: [
            (#""expires_in":"1000""#, 900), (#""x":1"#, 240), (#""expires_in":-5"#, 240),
            (#""expires_in":1e3"#, 240), (#""token_type":"bearer""#, 240),
        ])
    func lifetimes(member: String, good: Int) throws {
        let credentials = try server.credentials()
        let start = server.time.now
        server.next(200, #"{"access_token":"one",\#(member)}"#)
        #expect(server.token(credentials) == "one")
        server.time.set(start + .seconds(good - 1))
        #expect(server.token(credentials) == "one")
        server.time.set(start + .seconds(good))
        server.token("two")
        #expect(server.token(credentials) == "two")
    }

    @Test("a token URL must not show the secret to the network, except to this machine")
    func tokenURLs() throws {
        for url in ["http://login.example/", "ftp://login.example/", "https://u:s+cret@h/", ""] {
            let failure = #expect(throws: Failure.self) {
                try OAuthSettings(
                    upstream: "crm", tokenURL: url, clientId: "i", clientSecret: "s+cret")
            }
            #expect(failure?.message.contains("'crm'") == true)
            #expect(failure?.message.contains("s+cret") == false)
        }
        for url in ["http://localhost:1/token", "http://127.0.0.1/", "https://login.example/"] {
            _ = try OAuthSettings(
                upstream: "crm", tokenURL: url, clientId: "i", clientSecret: "s+cret")
        }
    }

    @Test("with a client, what happened to the request for a token is in the failure")
    func overHTTP() throws {
        let loop = try EventLoop.make()
        let result = Mutex<Failure?>(nil)
        _ = loop.run {
            let client = HTTPClient(on: loop, HTTPClientSettings(Environment([])))
            do throws(Failure) {
                // Nobody listens at the port that is reserved for a multiplexer of services.
                let settings = try OAuthSettings(
                    upstream: "crm", tokenURL: "http://127.0.0.1:1/token", clientId: "i",
                    clientSecret: "s+cret")
                let credentials = OAuthClientCredentials(
                    upstream: "crm", settings, time: ManualTime(), client: client)
                var request = HTTPClientRequest("GET", "https://crm.example/")
                try await credentials.authorize(&request)
            } catch {
                result.withLock { $0 = error }
            }
            client.close()
            return 0
        }
        let failure = result.withLock { $0 }
        #expect(failure?.executed == .no)
        #expect(failure?.message.contains("connection refused. The request was not sent.") == true)
        #expect(failure?.message.hasSuffix(".") == true)
        #expect(failure?.message.hasSuffix("..") == false)
    }
}
