package import Aggregator
import Synchronization
package import Wire

/// Bytes on their way from one side to the other, read in lines: a pipe without a kernel.
package final class LineQueue: LineSource {
    private struct State {
        var buffer: LineBuffer
        var arrived: [[UInt8]] = []
        var isEnded = false
        var hasFlushed = false
        var waiter: Latch?
    }

    private let state: Mutex<State>

    /// A queue for lines of at most `limit` bytes.
    package init(limit: Int = Limits.standard.bytes) {
        state = Mutex(State(buffer: LineBuffer(limit: limit)))
    }

    /// Adds bytes; whoever reads is woken.
    package func push(_ bytes: [UInt8]) {
        let waiter = state.withLock { state in
            state.arrived.append(bytes)
            return state.waiter
        }
        waiter?.open()
    }

    /// Ends the stream.
    package func end() {
        let waiter = state.withLock { state in
            state.isEnded = true
            return state.waiter
        }
        waiter?.open()
    }

    package func fill() async throws(Failure) -> Bool {
        while true {
            if Task.isCancelled { throw Failure(.lost, "Reading was cancelled.") }
            let latch = Latch()
            let hasMore: Bool? = state.withLock { state in
                if !state.arrived.isEmpty {
                    state.buffer.append(state.arrived.removeFirst())
                    return true
                }
                if state.isEnded { return false }
                state.waiter = latch
                return nil
            }
            if let hasMore { return hasMore }
            await latch.wait()
        }
    }

    package func next() -> LineBuffer.Line? {
        state.withLock { state in
            if let line = state.buffer.next() { return line }
            guard state.isEnded, state.arrived.isEmpty, !state.hasFlushed else { return nil }
            state.hasFlushed = true
            return state.buffer.finish()
        }
    }
}

extension LineQueue {
    /// Takes every whole line that has arrived, without waiting.
    package func take(_ body: (LineBuffer.Line) -> Void) {
        while let line = nextArrived() { body(line) }
    }

    private func nextArrived() -> LineBuffer.Line? {
        state.withLock { state in
            while true {
                if let line = state.buffer.next() { return line }
                guard !state.arrived.isEmpty else { return nil }
                state.buffer.append(state.arrived.removeFirst())
            }
        }
    }
}
