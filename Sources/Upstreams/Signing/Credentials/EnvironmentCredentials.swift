package import Aggregator
package import Machine

/// The keys in `AWS_ACCESS_KEY_ID` and its like.
package struct EnvironmentCredentials: CredentialsProvider {
    private static let source = "the environment variable AWS_ACCESS_KEY_ID"

    private let environment: Environment
    private let clock: AWSClock

    /// Keys from these variables.
    package init(_ environment: Environment, clock: AWSClock) {
        // They are looked up for every request.
        self.environment = Environment(environment.variables.filter { $0.name.hasPrefix("AWS_") })
        self.clock = clock
    }

    /// Whether there is a key, or a part of one.
    package var isConfigured: Bool { environment.filled("AWS_ACCESS_KEY_ID") != nil }

    package func credentials() async throws(Failure) -> AWSCredentials { try read() }
    package func refused(_ credentials: AWSCredentials) async -> Bool { false }

    private func read() throws(Failure) -> AWSCredentials {
        guard let id = environment.filled("AWS_ACCESS_KEY_ID") else {
            throw .credentials("AWS_ACCESS_KEY_ID is not set")
        }
        guard let secret = environment.filled("AWS_SECRET_ACCESS_KEY") else {
            throw .credentials(
                "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not; set both or none")
        }
        let expires = try expires()
        if let expires, expires <= clock.now {
            throw .credentials(
                """
                those in the environment expired at \(Moment.text(expires)); set new ones and start \
                again
                """)
        }
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: secret,
            sessionToken: environment.filled("AWS_SECURITY_TOKEN")
                ?? environment.filled("AWS_SESSION_TOKEN"),
            expires: expires, accountId: environment.filled("AWS_ACCOUNT_ID"),
            source: Self.source)
    }

    private func expires() throws(Failure) -> Int64? {
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
