import Machine
import Wire

/// Whether a request may be sent once more, and after which pause: one table.
///
/// A call that may have run is never sent again (promise 1).
struct RelayTries: Sendable {
    /// How often it may be sent in all.
    let most: Int
    /// Whether it may be carried out twice.
    let isRepeatable: Bool
    /// How often it was sent.
    var sends = 0
    /// Whether it was sent again because of credentials.
    var hasRenewed = false

    /// How long a server may ask us to wait.
    private static let patience = Duration.seconds(20)
    /// Connections that do not come about are tried this often, whatever else is wanted.
    private static let connects = 3

    /// The tries of a message.
    init(_ parcel: Parcel, most: Int) {
        self.most = most
        switch parcel.method {
        case .initialize, .initialized, .discover, .ping, .toolsList, .promptsList, .promptsGet,
            .resourcesList, .resourceTemplatesList, .resourcesRead, .complete, .setLevel:
            isRepeatable = true
        default: isRepeatable = false
        }
    }

    /// The pause after a refusal; nil when it must not be sent again.
    func pause(after refusal: RelayRefusal, random: Double = .random(in: 0..<1)) -> Duration? {
        guard sends < most else { return nil }
        switch refusal.status {
        // Refused before anything ran.
        case 429, 503: return wait(refusal, .seconds(1), random)
        case 409 where refusal.code == "RetryableConflictException":
            return wait(refusal, .milliseconds(50), random)
        // The machine was not there in time.
        case 424 where isRepeatable: return wait(refusal, .seconds(1), random)
        case 500, 502, 504: return isRepeatable ? wait(refusal, .milliseconds(50), random) : nil
        default: return nil
        }
    }

    /// The pause after a request that did not get through; nil when it must not be sent again.
    func pause(after failure: MachineFailure, random: Double = .random(in: 0..<1)) -> Duration? {
        let isPassing = failure.code == .unreachable || failure.code == .closed
        guard failure.delivery == .notSent, isPassing, sends < max(most, Self.connects) else {
            return nil
        }
        return grown(.milliseconds(50), random)
    }

    private func wait(_ refusal: RelayRefusal, _ base: Duration, _ random: Double) -> Duration? {
        guard let pause = refusal.pause else { return grown(base, random) }
        return pause <= Self.patience ? pause : nil
    }

    /// Twice as long each time, at most twenty seconds, and at random within that.
    private func grown(_ base: Duration, _ random: Double) -> Duration {
        min(base * (1 << min(max(sends - 1, 0), 10)), Self.patience) * random
    }
}
