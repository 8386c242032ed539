package import Aggregator
package import Machine

/// The keys in `AWS_ACCESS_KEY_ID` and its like.
package struct EnvironmentCredentials: CredentialsProvider {
    private static let source = "the environment variable AWS_ACCESS_KEY_ID"

    // Variables stay the same, and these are asked for with every request.
    private let found: Result<AWSCredentials, Failure>
    private let clock: AWSClock
    /// Whether there is a key, or a part of one.
    package let isConfigured: Bool

    /// Keys from these variables.
    package init(_ environment: Environment, clock: AWSClock) {
        self.clock = clock
        isConfigured = environment.filled("AWS_ACCESS_KEY_ID") != nil
        do throws(Failure) {
            found = .success(try Self.read(environment))
        } catch {
            found = .failure(error)
        }
    }

    package func credentials() async throws(Failure) -> AWSCredentials {
        let credentials = try found.get()
        if let expires = credentials.expires, expires <= clock.now {
            throw .credentials(
                """
                those in the environment expired at \(Moment.text(expires)); set new ones and start \
                again
                """)
        }
        return credentials
    }

    package func refused(_ credentials: AWSCredentials) async -> Bool { false }

    private static func read(_ environment: Environment) throws(Failure) -> AWSCredentials {
        guard let id = environment.filled("AWS_ACCESS_KEY_ID") else {
            throw .credentials("AWS_ACCESS_KEY_ID is not set")
        }
        guard let secret = environment.filled("AWS_SECRET_ACCESS_KEY") else {
            throw .credentials(
                "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not; set both or none")
        }
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: secret,
            sessionToken: environment.filled("AWS_SECURITY_TOKEN")
                ?? environment.filled("AWS_SESSION_TOKEN"),
            expires: try expires(environment), accountId: environment.filled("AWS_ACCOUNT_ID"),
            source: source)
    }

    private static func expires(_ environment: Environment) throws(Failure) -> Int64? {
        guard let text = environment.filled("AWS_CREDENTIAL_EXPIRATION") else { return nil }
        guard let moment = Moment.seconds(iso: text) else {
            throw .credentials(
                "AWS_CREDENTIAL_EXPIRATION is not a moment, such as \(Moment.text(0))")
        }
        return moment
    }
}

extension Environment {
    /// The value of a variable that is set and not empty.
    func filled(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Failure {
    /// No credentials, for a reason: a clause without a period.
    static func credentials(_ reason: String, _ code: Code = .unavailable) -> Failure {
        Failure(code, "Could not get AWS credentials: \(reason).")
    }
}
