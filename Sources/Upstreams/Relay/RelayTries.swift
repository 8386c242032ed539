import Machine

/// How often one request has been sent, and whether it may be once more.
///
/// A call that may have run is never sent again (promise 1); what says so is `AgentCoreRetries`.
struct RelayTries: Sendable {
    private let table: AgentCoreRetries
    /// Whether it may be carried out twice.
    private let isRepeatable: Bool
    /// How often it was sent.
    var sends = 0
    /// Whether it was sent again because of credentials.
    var hasRenewed = false

    /// How long a service may ask us to wait.
    private static let patience = Duration.seconds(20)

    /// The tries of a message, which may be sent `most` times in all.
    init(_ parcel: Parcel, most: Int) {
        table = AgentCoreRetries(sends: most, trustsUnavailable: true)
        isRepeatable = parcel.method.isRepeatable
    }

    /// The pause after a refusal; nil when it must not be sent again.
    func pause(after refusal: RelayRefusal, random: Double = .random(in: 0..<1)) -> Duration? {
        guard let retry = table.retry(refusal.answered), retry.scope == .every || isRepeatable,
            let pause = retry.pause(sent: sends, fraction: random), pause <= Self.patience
        else { return nil }
        return pause
    }

    /// The pause after a request that did not get through; nil when it must not be sent again.
    func pause(after failure: MachineFailure, random: Double = .random(in: 0..<1)) -> Duration? {
        let isPassing = failure.code == .unreachable || failure.code == .closed
        guard failure.delivery == .notSent, isPassing else { return nil }
        return table.unsent.pause(sent: sends, fraction: random)
    }
}
