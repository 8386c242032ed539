import Aggregator
import Synchronization

/// The way from a session to a client in the same process: lines in a queue.
final class MemoryChannel: LineTransport {
    private struct State {
        var bytes: [UInt8] = []
        var accepted: UInt64 = 0
    }

    private let state = Mutex(State())
    private let arrived: Aggregator.Signal

    /// `arrived` is raised whenever there is something to take.
    init(arrived: Aggregator.Signal) { self.arrived = arrived }

    func write(_ body: (inout [UInt8]) -> Void) {
        state.withLock { state in
            let before = state.bytes.count
            body(&state.bytes)
            state.accepted += UInt64(state.bytes.count - before)
        }
        arrived.raise()
    }

    /// The lines that were written since the last time, without their ends.
    func take() -> [[UInt8]] {
        let bytes = state.withLock { state in
            defer { state.bytes = [] }
            return state.bytes
        }
        return bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    }

    var load: (accepted: UInt64, isCongested: Bool) { (sent, false) }
    var sent: UInt64 { state.withLock { $0.accepted } }
    func drained() async {}
    func close() {}
}
