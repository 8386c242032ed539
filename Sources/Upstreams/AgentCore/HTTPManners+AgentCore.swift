import Aggregator
import Machine

extension HTTPManners {
    /// What runtimes and gateways have in common: only POST, and two surfaces of errors.
    static func agentCore(_ faults: AgentCoreFaults) -> HTTPManners {
        var manners = HTTPManners()
        let retries = AgentCoreRetries()
        manners.hasStream = false
        manners.carriesTraces = true
        manners.retriesUnsent = retries.unsent
        manners.retry = { retries.retry($0) }
        manners.explain = faults.explain
        manners.doubtsCredentials = { refusal in
            switch AgentCoreTrouble(refusal) {
            case .unauthorized, .denied, .signature, .expired: true
            default: false
            }
        }
        manners.turnsAway = { refusal in
            switch AgentCoreTrouble(refusal) {
            case .unauthorized, .denied, .wrongMethod, .signature, .expired: true
            default: false
            }
        }
        manners.lacksRight = { AgentCoreTrouble($0) == .denied }
        manners.forgets = { AgentCoreTrouble($0) == .lost && $0.status >= 300 }
        return manners
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
