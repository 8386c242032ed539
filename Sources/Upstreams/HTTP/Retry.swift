import Machine
import Wire

/// One more try of a call that was refused: for which calls, how often, after which pause.
struct Retry: Sendable, Hashable {
    /// Which calls may be made again.
    enum Scope: Sendable, Hashable {
        /// Every one: the refusal proves that it was not executed.
        case every
        /// Those that change nothing.
        case reads
    }

    let scope: Scope
    /// How often the call may be sent in all.
    var sends: Int
    /// The longest pause before the second send; it doubles with each, and jitter makes it less.
    var base = Duration.zero
    /// What the pause does not grow above.
    var ceiling = Duration.seconds(20)
    /// The pause that the server has asked for, which counts instead.
    var asked: Duration?

    /// The pause before the next send, after `sent` of them; nil when there have been enough.
    ///
    /// `fraction` in 0...1 is the jitter.
    func pause(sent: Int, fraction: Double) -> Duration? {
        guard sent < sends else { return nil }
        if let asked { return asked }
        let longest = min(ceiling, base * (1 << min(max(sent, 1) - 1, 16)))
        return .nanoseconds(Int64(longest / .nanoseconds(1) * fraction))
    }

    /// What a server over HTTP says that is busy: how long, if that is not too long.
    static func afterBusy(_ refusal: HTTPRefusal) -> Retry? {
        guard refusal.status == 429 || refusal.status == 503, refusal.code == nil,
            let seconds = refusal.fields["retry-after"].flatMap({ Int($0) }),
            (0...5).contains(seconds)
        else { return nil }
        return Retry(scope: .reads, sends: 4, asked: .seconds(seconds))
    }
}

extension Method {
    /// Whether a request of this method may be carried out twice: it changes nothing, or nothing more
    /// the second time.
    var isRepeatable: Bool {
        switch self {
        case .initialize, .initialized, .discover, .ping, .toolsList, .promptsList, .promptsGet,
            .resourcesList, .resourceTemplatesList, .resourcesRead, .complete, .setLevel:
            true
        default: false
        }
    }
}
