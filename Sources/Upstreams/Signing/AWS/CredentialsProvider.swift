package import Aggregator

/// Where credentials come from; refreshed early, by one for all who wait.
package protocol CredentialsProvider: Sendable {
    /// Credentials that are good for a while.
    ///
    /// A failure names what was tried, why it failed and what to run, and never a secret.
    func credentials() async throws(Failure) -> AWSCredentials

    /// Hears that a service refused credentials as expired or unknown; true when others can be had.
    func refused(_ credentials: AWSCredentials) async -> Bool
}

/// Credentials that are given and stay the same.
package struct StaticCredentials: CredentialsProvider {
    private let given: AWSCredentials

    /// Provides these.
    package init(_ given: AWSCredentials) { self.given = given }

    package func credentials() async throws(Failure) -> AWSCredentials { given }
    package func refused(_ credentials: AWSCredentials) async -> Bool { false }
}
