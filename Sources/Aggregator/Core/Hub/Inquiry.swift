import Synchronization
import Wire

/// Something that an upstream wants to know of a client that is asked by answers.
///
/// One call carries it. Where it is not certain which call it is about, and the client does not come
/// back to that one, another one carries it too: its client may have dropped the first without a
/// word, and would never be asked again.
final class Inquiry: Sendable {
    /// How long a client may take to come back before it is asked by another of its calls too.
    static let patience = Duration.seconds(30)

    /// What becomes of it.
    enum Reaction: Sendable {
        case answered(Message)
        /// The client did not come back.
        case expired
        /// The call, or the question itself, is not wanted any more.
        case gone
    }

    private struct State {
        var carriers: [(park: Park, number: Int)] = []
        var resumption: Resumption<Reaction>?
        var outcome: Reaction?
        /// When the client was asked by the latest of the carriers.
        var asked: ContinuousClock.Instant
    }

    /// The request as the client reads it, without an id.
    let request: [UInt8]
    private let others: [Park]
    private let state: Mutex<State>

    /// A question that no call carries yet; `others` may do so later, the first of them first.
    init(_ request: [UInt8], _ others: [Park], at now: ContinuousClock.Instant) {
        self.request = request
        self.others = others
        state = Mutex(State(asked: now))
    }

    /// Waits for what becomes of it; cancelling the task takes it back.
    func reaction() async -> Reaction {
        await withTaskCancellationHandler {
            await Resumption<Reaction>.wait { resumption in
                let outcome = state.withLock { state in
                    if state.outcome == nil { state.resumption = resumption }
                    return state.outcome
                }
                if let outcome { resumption.resume(returning: outcome) }
            }
        } onCancel: {
            end(.gone)
        }
    }

    /// Decides what becomes of it; only the first time counts.
    func end(_ reaction: Reaction) {
        let resumption = state.withLock { state in
            state.outcome = state.outcome ?? reaction
            return state.resumption.take()
        }
        resumption?.resume(returning: reaction)
    }

    // MARK: Who carries it

    /// Notes that the client is asked by this call, under this number; false if that is too late.
    func isCarried(by park: Park, as number: Int) -> Bool {
        state.withLock { state in
            guard state.outcome == nil else { return false }
            state.carriers.append((park, number))
            return true
        }
    }

    /// A call that carries it is given up: it is over with the last of them.
    func leave(_ park: Park, _ reaction: Reaction) {
        let isOver = state.withLock { state in
            state.carriers.removeAll { $0.park === park }
            return state.carriers.isEmpty
        }
        if isOver { end(reaction) }
    }

    /// Has another call that its client waits for carry it too, once that has taken its time.
    func passOn(at now: ContinuousClock.Instant) {
        let carriers = state.withLock { state -> [Park]? in
            guard state.outcome == nil, state.asked.advanced(by: Self.patience) <= now else {
                return nil
            }
            return state.carriers.map(\.park)
        }
        guard let carriers,
            let next = others.first(where: { other in
                other.isAttended && !carriers.contains { $0 === other }
            }), (try? next.carry(self)) == true
        else { return }
        state.withLock { $0.asked = now }
    }

    /// Takes it from every call that still carries it.
    func forget() {
        let carriers = state.withLock { state in
            defer { state.carriers = [] }
            return state.carriers
        }
        for carrier in carriers { carrier.park.drop(carrier.number, self) }
    }
}
