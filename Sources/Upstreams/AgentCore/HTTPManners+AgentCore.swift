import Aggregator
import Machine

extension HTTPManners {
    /// What runtimes and gateways have in common: only POST, and two surfaces of errors.
    static func agentCore(_ faults: AgentCoreFaults) -> HTTPManners {
        var manners = HTTPManners()
        manners.hasStream = false
        manners.retriesUnsent = AgentCoreTrouble.unsent
        manners.retry = AgentCoreTrouble.retry
        manners.explain = faults.explain
        manners.doubtsCredentials = { refusal in
            switch AgentCoreTrouble(refusal) {
            case .unauthorized, .denied, .signature, .expired: true
            default: false
            }
        }
        manners.forgets = { AgentCoreTrouble($0) == .lost && $0.status >= 300 }
        return manners
    }
}

extension HTTPClientSettings {
    /// As AWS's own programs are told to reach the network.
    static func agentCore(_ environment: Environment) -> HTTPClientSettings {
        var settings = HTTPClientSettings(environment)
        if let file = environment["AWS_CA_BUNDLE"], !file.isEmpty {
            settings.trust.file = file
            settings.trust.folders = []
        }
        return settings
    }
}

extension AgentCoreFaults {
    /// The place of a URL that was put together.
    static func place(_ url: String, _ upstream: String) throws(Failure) -> Place {
        do throws(MachineFailure) {
            return try Place(url)
        } catch {
            throw Failure(
                .unavailable, "Upstream '\(upstream)' has no usable address: \(error.message)",
                upstream: upstream)
        }
    }
}
