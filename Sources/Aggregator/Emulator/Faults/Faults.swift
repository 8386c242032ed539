import Synchronization

/// What is to go wrong next, as tests and curious users ask for it.
final class Faults: Sendable {
    /// The kinds of fault that requests meet.
    enum Kind: String, Sendable, CaseIterable {
        case throttle, quota
        /// A session is being made or ended; trying again helps.
        case conflict
        /// A resource is there already; trying again does not help.
        case resourceConflict
        case `internal`, timeout, accessDenied, expiredToken, unhealthy
        /// The connection ends without an answer.
        case reset
        /// The answer breaks off in the middle.
        case truncate
        /// The next session starts later.
        case slowStart
    }

    /// One fault that waits for its requests.
    struct Fault: Sendable {
        let kind: Kind
        /// The name of a runtime or gateway, `issuer` or `identity`; nil for whoever comes.
        let target: String?
        /// How many requests still meet it.
        var count: Int
        /// How long a start takes more.
        var delay = Duration.zero
        /// How many bytes of an answer get through.
        var bytes = 1
    }

    /// So many may wait.
    private static let most = 1000

    private let waiting = Mutex<[Fault]>([])

    /// Adds one behind the others; false when there are too many.
    func add(_ fault: Fault) -> Bool {
        waiting.withLock { waiting in
            guard waiting.count < Self.most else { return false }
            waiting.append(fault)
            return true
        }
    }

    /// Removes all.
    func clear() { waiting.withLock { $0 = [] } }

    /// Those that wait.
    var all: [Fault] { waiting.withLock { $0 } }

    /// The first of these kinds that a request to `target` meets, used once.
    func take(_ kinds: [Kind], for target: String) -> Fault? {
        waiting.withLock { waiting in
            let index = waiting.firstIndex { fault in
                kinds.contains(fault.kind) && (fault.target ?? target) == target
            }
            guard let index else { return nil }
            let fault = waiting[index]
            waiting[index].count -= 1
            if waiting[index].count <= 0 { waiting.remove(at: index) }
            return fault
        }
    }

    /// Throws what the platform says where one of its own errors is due.
    func strike(_ target: String) throws(EdgeFailure) {
        let kinds: [Kind] = [
            .throttle, .quota, .conflict, .resourceConflict, .internal, .timeout, .accessDenied,
            .unhealthy,
        ]
        guard let fault = take(kinds, for: target) else { return }
        switch fault.kind {
        case .throttle: throw EdgeFailure(.throttling, "Rate exceeded")
        case .quota:
            throw EdgeFailure(.quota, "The number of active sessions exceeds the account's limit.")
        case .conflict: throw .inProgress
        case .resourceConflict:
            throw EdgeFailure(.conflict, "Resource conflict - Resource already exists")
        case .internal: throw EdgeFailure(.internalServer, "An internal error occurred.")
        case .timeout: throw EdgeFailure(.timeout, "Endpoint request timed out")
        case .accessDenied:
            throw EdgeFailure(
                .accessDenied,
                "User is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime")
        case .unhealthy: throw .unhealthy
        case .expiredToken, .reset, .truncate, .slowStart: return
        }
    }
}
