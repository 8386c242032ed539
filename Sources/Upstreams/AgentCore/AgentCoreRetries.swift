import Machine

/// When a request that was refused may be sent again: the one table for both surfaces of errors, and
/// for everybody who meets them (AgentCore, "Common errors").
///
/// Every request may be that provably did not reach a server: its session was being set up, or the
/// service had no room for it. Reads may be more often; what the first request of a session fails with
/// is no proof, because the service delivers it again and again until the start has taken too long.
struct AgentCoreRetries: Sendable, Hashable {
    /// How often a request may be sent in all, instead of what the table says.
    var sends: Int?
    /// Whether 503 counts as a refusal of what did not run, as AWS's own tools take it, though
    /// something on the way may say the same of what did.
    var trustsUnavailable = false

    /// Connections that do not come about are tried this often at least.
    private static let connects = 3

    /// What the table says of a refusal, with the pause that it asks for; nil when nothing may be sent
    /// again.
    func retry(_ refusal: HTTPRefusal) -> Retry? {
        guard let trouble = AgentCoreTrouble(refusal), var retry = row(trouble) else { return nil }
        retry.sends = sends ?? retry.sends
        retry.asked = Self.asked(refusal)
        return retry
    }

    /// What it says of a connection that did not come about.
    var unsent: Retry {
        Retry(
            scope: .every, sends: max(sends ?? 0, Self.connects), base: .milliseconds(500))
    }

    private func row(_ trouble: AgentCoreTrouble) -> Retry? {
        switch trouble {
        case .settingUp:
            Retry(scope: .every, sends: 10, base: .milliseconds(500), ceiling: .seconds(8))
        case .starting: Retry(scope: .reads, sends: 3, base: .seconds(1))
        case .throttled: Retry(scope: .every, sends: 5, base: .seconds(1))
        case .exhausted: Retry(scope: .every, sends: 3, base: .seconds(5))
        case .unavailable where trustsUnavailable:
            Retry(scope: .every, sends: 3, base: .seconds(1))
        case .failed: Retry(scope: .reads, sends: 4, base: .seconds(1))
        case .broken, .unavailable:
            Retry(scope: .reads, sends: 3, base: .milliseconds(100))
        case .late: Retry(scope: .reads, sends: 2, base: .milliseconds(100))
        case .invalid, .unauthorized, .denied, .wrongMethod, .signature, .expired, .missing,
            .conflict, .lost, .unacceptable:
            nil
        }
    }

    private static func asked(_ refusal: HTTPRefusal) -> Duration? {
        let milliseconds = refusal.fields["x-amz-retry-after"].flatMap { Int($0) }
        if let milliseconds, (0...3_600_000).contains(milliseconds) {
            return .milliseconds(milliseconds)
        }
        let seconds = refusal.retryAfter ?? refusal.fields["retry-after"].flatMap { Double($0) }
        guard let seconds, (0...3600).contains(seconds) else { return nil }
        return .milliseconds(Int(seconds * 1000))
    }
}
