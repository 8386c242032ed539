import Aggregator
import Machine
import Synchronization
import TestSupport
import Testing

@testable import Signing

@Suite struct EnvironmentCredentialsTests {
    private func read(_ variables: [(name: String, value: String)]) async -> Result<
        AWSCredentials, Failure
    > {
        let provider = EnvironmentCredentials(Environment(variables), clock: AWSClock { 1000 })
        do throws(Failure) {
            return .success(try await provider.credentials())
        } catch {
            return .failure(error)
        }
    }

    @Test("the older name of the token comes first, and empty variables are none")
    func names() async throws {
        let base = [
            (name: "AWS_ACCESS_KEY_ID", value: "AKID"), (name: "AWS_SECRET_ACCESS_KEY", value: "s"),
            (name: "AWS_SESSION_TOKEN", value: "new"), (name: "AWS_ACCOUNT_ID", value: "1"),
        ]
        let found = try await read(base + [("AWS_SECURITY_TOKEN", "")]).get()
        #expect(found.sessionToken == "new" && found.accountId == "1" && found.expires == nil)
        let older = try await read(base + [("AWS_SECURITY_TOKEN", "old")]).get()
        #expect(older.sessionToken == "old")
    }

    @Test("a part of a pair, or one that has expired, is a failure that says what to set")
    func broken() async {
        let half = await read([("AWS_ACCESS_KEY_ID", "AKID")])
        #expect(throws: Failure.self) { try half.get() }
        let pair = [
            (name: "AWS_ACCESS_KEY_ID", value: "AKID"),
            (name: "AWS_SECRET_ACCESS_KEY", value: "hunter2"),
        ]
        for moment in ["1970-01-01T00:16:40Z", "soon"] {
            guard
                case .failure(let failure) = await read(
                    pair + [("AWS_CREDENTIAL_EXPIRATION", moment)])
            else {
                Issue.record("Credentials of another time were taken.")
                continue
            }
            #expect(!failure.message.contains("hunter2"))
        }
    }

    @Test("keys that were good once are a failure when they have expired")
    func expiry() async throws {
        let now = Mutex<Int64>(999)
        let provider = EnvironmentCredentials(
            Environment([
                ("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "s"),
                ("AWS_CREDENTIAL_EXPIRATION", "1970-01-01T00:16:40Z"),
            ]), clock: AWSClock { now.withLock { $0 } })
        #expect(try await provider.credentials().accessKeyId == "AKID")
        now.withLock { $0 = 1000 }
        await #expect(throws: Failure.self) { try await provider.credentials() }
    }
}
