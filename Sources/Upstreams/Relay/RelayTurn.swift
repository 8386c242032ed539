import Aggregator
import Synchronization

/// Something that one task at a time may do; the others wait in the order in which they came.
final class RelayTurn: Sendable {
    private struct State {
        var latest: UInt64 = 0
        var line: [UInt64] = []
    }

    private let state = Mutex(State())
    private let changed = Signal()

    /// Runs `body` when its turn has come; in a cancelled task at once, since it will not wait.
    func take<Value>(_ body: () async -> Value) async -> Value {
        let ticket = state.withLock { state in
            state.latest += 1
            state.line.append(state.latest)
            return state.latest
        }
        while !Task.isCancelled {
            let version = changed.version
            if state.withLock({ $0.line.first == ticket }) { break }
            await changed.wait(after: version)
        }
        let value = await body()
        state.withLock { $0.line.removeAll { $0 == ticket } }
        changed.raise()
        return value
    }
}
