import Aggregator
import Synchronization

/// What is under way, by the ids of the answers that are waited for.
final class RelayRoster: Sendable {
    private struct State {
        var latest: UInt64 = 0
        var waiting: [RelayId: [RelayExchange]] = [:]
        /// What is not delivered or not answered yet.
        var busy: [UInt64: RelayExchange] = [:]
        /// Those of `busy` that everything later waits for.
        var openings: Set<UInt64> = []
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let changed = Signal()

    /// Enters a message of the client, or a question of our own.
    func enter(
        _ parcel: Parcel, at now: ContinuousClock.Instant, as side: RelaySide,
        isOwn: Bool = false
    ) -> RelayExchange {
        state.withLock { state in
            state.latest += 1
            let exchange = RelayExchange(
                state.latest, parcel, at: now, as: side, isOwn: isOwn)
            for id in parcel.asked { state.waiting[id, default: []].append(exchange) }
            guard !isOwn else { return exchange }
            state.busy[exchange.number] = exchange
            if exchange.isOpening { state.openings.insert(exchange.number) }
            return exchange
        }
    }

    /// Whose answer this is; nil if nobody waits for it.
    func settle(_ id: RelayId, with answer: Parcel) -> RelayExchange? {
        guard let exchange = take(id) else { return nil }
        if exchange.settle(id, answer) { done(exchange) }
        return exchange
    }

    /// The client does not want this answer any more.
    func withdraw(_ id: RelayId) -> RelayExchange? {
        let isGreeting = state.withLock { $0.waiting[id]?.first?.isOpening } ?? false
        guard !isGreeting, let exchange = take(id) else { return nil }
        if exchange.settle(id) { done(exchange) }
        return exchange
    }

    private func take(_ id: RelayId) -> RelayExchange? {
        state.withLock { state in
            guard var exchanges = state.waiting[id] else { return nil }
            let first = exchanges.removeFirst()
            state.waiting[id] = exchanges.isEmpty ? nil : exchanges
            return first
        }
    }

    /// It is delivered, and answered if it wanted an answer: nobody has to wait for it any more.
    func done(_ exchange: RelayExchange) {
        state.withLock { state in
            state.busy[exchange.number] = nil
            state.openings.remove(exchange.number)
            for id in exchange.missing {
                state.waiting[id]?.removeAll { $0 === exchange }
                if state.waiting[id]?.isEmpty == true { state.waiting[id] = nil }
            }
        }
        changed.raise()
    }

    /// What was answered with a question that this is the client's word to.
    func asker(of parcel: Parcel) -> RelayExchange? {
        guard parcel.kind == .response, let id = parcel.answered.first else { return nil }
        return state.withLock { Array($0.busy.values) }.first { $0.questions.contains(id) }
    }

    /// Waits until nothing greets the server that came before this.
    func passed(_ exchange: RelayExchange) async {
        await wait { state in !state.openings.contains { $0 < exchange.number } }
    }

    /// Waits until everything is delivered and answered.
    func idle() async {
        await wait { $0.busy.isEmpty }
    }

    /// Whether the client will say nothing more.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// The client will say nothing more: what waits for its word waits in vain.
    func end() {
        let busy = state.withLock { state in
            state.hasEnded = true
            return Array(state.busy.values)
        }
        for exchange in busy { exchange.changed.raise() }
    }

    private func wait(until isTrue: (State) -> Bool) async {
        while !Task.isCancelled {
            let version = changed.version
            if state.withLock({ isTrue($0) }) { return }
            await changed.wait(after: version)
        }
    }
}
