import Aggregator
import Machine
import Wire

/// Gets the credentials that a plan describes, once.
struct CredentialFetch: Sendable {
    let network: AWSNetwork
    let files: FileAccess
    let clock: AWSClock
    /// What the environment and the profile say.
    let variables: AWSVariables
    /// Where a service is asked in a region; nil for the one that needs none.
    let endpoint: @Sendable (AWSService, String) throws(Failure) -> AWSEndpoint
    /// Where the credentials of another plan come from.
    let provider: @Sendable (CredentialPlan) -> any CredentialsProvider

    /// Gets them.
    func fetch(_ plan: CredentialPlan) async throws(Failure) -> AWSCredentials {
        switch plan {
        case .environment:
            return try await EnvironmentCredentials(variables.environment, clock: clock)
                .credentials()
        case .fixed(let credentials): return credentials
        case .role(let role, let source): return try await assume(role, source)
        case .webIdentity(let identity): return try await assume(identity)
        case .sso(let login): return try await portal(login)
        case .login(let session): return try await signedIn(session)
        case .process(let process): return try await run(process)
        case .container: return try await container()
        case .instance: return try await instance()
        }
    }

    /// The service that gives out roles.
    func sts(_ region: String?) throws(Failure) -> STS {
        // The global service is in this region.
        STS(
            endpoint: try endpoint(.sts, region ?? "us-east-1"), network: network, clock: clock)
    }

    private func assume(
        _ role: CredentialPlan.AssumedRole, _ source: CredentialPlan
    ) async throws(Failure) -> AWSCredentials {
        try await sts(role.region).assume(role, with: provider(source))
    }

    private func assume(
        _ identity: CredentialPlan.WebIdentity
    ) async throws(Failure) -> AWSCredentials {
        // It is written anew before it expires, so it is read anew for every use.
        let bytes = try read(identity.tokenFile)
        guard let token = String(validating: bytes, as: UTF8.self), !token.isEmpty else {
            throw .credentials("there is no token in '\(identity.tokenFile)'")
        }
        return try await sts(identity.region).assume(identity, token: token)
    }

    /// When something ends that is good for so many seconds from now; nil when it never began.
    ///
    /// Whoever says so chooses the number, and may choose one that cannot be added.
    func end(after life: Value?) -> Int64? {
        guard let life = life?.integer, life > 0 else { return nil }
        return clock.now + Int64(min(life, AccessToken.longest))
    }

    /// The content of a file that the plan names.
    func read(_ path: String) throws(Failure) -> [UInt8] {
        do throws(MachineFailure) {
            return try files.read(path)
        } catch {
            throw .credentials(error.message.withoutPeriod)
        }
    }
}
