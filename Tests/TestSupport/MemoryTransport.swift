import Aggregator
import Synchronization

/// A transport that keeps the lines it is given until the test takes or delivers them.
///
/// Nothing is "sent" until `flush`, as a pipe's bytes are not until the end of the turn; a blocked
/// transport sends nothing, as a pipe does whose reader has stopped.
package final class MemoryTransport: LineTransport {
    private struct State {
        var pending: [UInt8] = []
        var accepted: UInt64 = 0
        var sent: UInt64 = 0
        var isBlocked = false
        var isClosed = false
        var highWater = Int.max
        var waiters: [Latch] = []
    }

    private let state = Mutex(State())

    /// An empty transport.
    package init() {}

    package func write(_ body: (inout [UInt8]) -> Void) {
        state.withLock { state in
            guard !state.isClosed else { return }
            let before = state.pending.count
            body(&state.pending)
            state.accepted += UInt64(state.pending.count - before)
        }
    }

    package var load: (accepted: UInt64, isCongested: Bool) {
        state.withLock { ($0.accepted, $0.pending.count > $0.highWater) }
    }

    package var sent: UInt64 { state.withLock { $0.sent } }

    package func drained() async {
        let latch = state.withLock { state -> Latch? in
            guard !state.isClosed, state.pending.count > state.highWater / 2 else { return nil }
            let latch = Latch()
            state.waiters.append(latch)
            return latch
        }
        await latch?.wait()
    }

    package func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            state.pending = []
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.open() }
    }

    /// Whether it was closed.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// How many bytes may wait before the transport calls itself congested.
    package var highWater: Int {
        get { state.withLock { $0.highWater } }
        set { state.withLock { $0.highWater = newValue } }
    }

    /// Whether the other side has stopped reading.
    package var isBlocked: Bool {
        get { state.withLock { $0.isBlocked } }
        set { state.withLock { $0.isBlocked = newValue } }
    }

    /// Hands over what waits, as the end of a turn does; nothing while blocked.
    package func flush() -> [UInt8] {
        let (bytes, waiters) = state.withLock { state -> ([UInt8], [Latch]) in
            guard !state.isBlocked else { return ([], []) }
            state.sent += UInt64(state.pending.count)
            defer {
                state.pending = []
                state.waiters = []
            }
            return (state.pending, state.waiters)
        }
        for waiter in waiters { waiter.open() }
        return bytes
    }
}
