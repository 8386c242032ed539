import Aggregator
import Machine
import Signing
import Upstreams

/// Where a runtime is, and what proves to it who we are.
struct AgentCoreAccess: Sendable {
    let url: String
    /// Where the session's machine is stopped at the end, if that is wanted.
    let stop: String?
    let client: HTTPClient
    let authorizer: any Authorizer
    private let variables: AgentCoreVariables
    private let accounts: AWSAccounts
    private let provider: any CredentialsProvider

    /// Finds out the region and the endpoint.
    ///
    /// The region of an ARN goes before that of the environment: no other one has the runtime.
    init(
        _ variables: AgentCoreVariables, _ environment: Environment, _ loop: EventLoop
    ) throws(DropInFailure) {
        self.variables = variables
        accounts = AWSAccounts(environment, on: loop, time: loop)
        let aws = AWSSettings(role: variables.role)
        let endpoint: AWSEndpoint
        do throws(Failure) {
            let named = variables.region
            guard let region = try named == nil ? accounts.region(aws) : named else {
                throw Failure(.unavailable, variables.missingRegion)
            }
            endpoint = try accounts.endpoint(.agentCore, region: region, aws)
        } catch {
            throw .failure(error.message)
        }
        url = variables.url(endpoint)
        stop = variables.stopURL(endpoint)
        provider = accounts.provider(aws)
        authorizer = SigV4Authorizer(
            upstream: AgentCoreVoice.name, service: AWSService.agentCore.signingName,
            region: endpoint.signingRegion, credentials: provider, clock: accounts.clock)
        client = HTTPClient(on: loop, accounts.clientSettings(aws))
    }

    /// How sessions are named.
    func session() async throws(DropInFailure) -> RelaySession.Policy {
        switch variables.mode {
        case .session: .fixed("session-\(UUIDText.random())")
        case .request: .perRequest
        case .identity: .fixed(IdentitySession.name(of: try await identity()))
        }
    }

    /// Whose credentials they are, before any role is taken on.
    private func identity() async throws(DropInFailure) -> AWSIdentity {
        do throws(Failure) {
            return try await accounts.identity(AWSSettings())
        } catch {
            throw .usage(
                error.code == .malformed
                    ? "sts:GetCallerIdentity returned incomplete identity"
                    : "Unable to call sts:GetCallerIdentity. \(error.message)")
        }
    }

    /// Takes the role on, if there is one: without it nothing can be done.
    func checkRole(_ voice: AgentCoreVoice) async throws(DropInFailure) {
        guard let role = variables.role else { return }
        do throws(Failure) {
            _ = try await provider.credentials()
        } catch {
            throw .usage(
                voice.signIn(error) ?? "Unable to assume role \(role.arn): \(error.message)")
        }
    }

    /// Looks for credentials early, so that the first request need not; only somebody who has to sign
    /// in again is told at once.
    func checkSignIn(_ voice: AgentCoreVoice) async throws(DropInFailure) {
        do throws(Failure) {
            _ = try await provider.credentials()
        } catch {
            if let advice = voice.signIn(error) { throw .usage(advice) }
        }
    }
}
