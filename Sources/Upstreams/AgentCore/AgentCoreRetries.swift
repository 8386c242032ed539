import Machine

extension AgentCoreTrouble {
    /// When a call that met this may be made again: the one table for both surfaces.
    ///
    /// Every call may be that provably did not reach a server: its session was being set up, the
    /// service had no room for it, or the machine never came up. Reads may be more often.
    var retry: Retry? {
        switch self {
        case .settingUp:
            Retry(scope: .every, sends: 10, base: .milliseconds(500), ceiling: .seconds(8))
        case .starting: Retry(scope: .every, sends: 3, base: .seconds(1))
        case .throttled: Retry(scope: .every, sends: 5, base: .seconds(1))
        case .exhausted: Retry(scope: .every, sends: 3, base: .seconds(5))
        case .failed: Retry(scope: .reads, sends: 4, base: .seconds(1))
        case .broken: Retry(scope: .reads, sends: 3, base: .milliseconds(100))
        case .late: Retry(scope: .reads, sends: 2, base: .milliseconds(100))
        case .invalid, .unauthorized, .denied, .wrongMethod, .signature, .expired, .missing,
            .conflict, .lost, .unacceptable:
            nil
        }
    }

    /// A connection that did not come about.
    static let unsent = Retry(scope: .every, sends: 3, base: .milliseconds(500))

    /// The same for a refusal, with the pause that it asks for.
    static func retry(_ refusal: HTTPRefusal) -> Retry? {
        var retry = AgentCoreTrouble(refusal)?.retry
        retry?.asked = asked(refusal)
        return retry
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
