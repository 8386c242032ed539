import Synchronization

/// The last 64 KiB that a child wrote to its standard error, which is always drained.
package final class StandardErrorRing: Watcher, Sendable {
    /// How much is kept.
    static let capacity = 64 * 1024
    /// A line longer than this is handed on in pieces.
    static let longestLine = 8 * 1024

    fileprivate struct State {
        var watch: Watch?
        var ring: [UInt8] = []
        /// Where the oldest byte is, once the ring is full.
        var start = 0
        var line: [UInt8] = []
    }

    private let state: Mutex<State>
    private let line: (@Sendable (String) -> Void)?

    /// Takes over the reading end.
    ///
    /// `line` is called for every line, on the loop's thread.
    init(
        _ descriptor: consuming Descriptor, on loop: EventLoop,
        line: (@Sendable (String) -> Void)?
    ) {
        self.line = line
        let watch = Watch(descriptor, on: loop)
        state = Mutex(State(watch: watch))
        watch.tell(self)
        watch.startReading()
    }

    deinit { close() }

    /// What is kept, oldest first; bytes that are not UTF-8 become U+FFFD.
    package var tail: String {
        let (ring, start) = state.withLock { ($0.ring, $0.start) }
        return String(decoding: ring[start...] + ring[..<start], as: UTF8.self)
    }

    /// The child wrote, or everyone who could has closed it.
    func becameReadable() {
        let watch = state.withLock { $0.watch }
        var bytes: [UInt8] = []
        let attempt = readOnce(watch, into: &bytes)
        switch attempt {
        case .moved(0), .failed: end()
        case .moved: keep(bytes)
        case .wouldBlock: break
        }
    }

    private func readOnce(_ watch: Watch?, into bytes: inout [UInt8]) -> Descriptor.Attempt {
        var attempt = Descriptor.Attempt.wouldBlock
        bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
            attempt = unsafe watch?.read(into: UnsafeMutableRawBufferPointer(buffer)) ?? .wouldBlock
            if case .moved(let moved) = attempt { count = moved }
        }
        return attempt
    }

    private func keep(_ bytes: [UInt8]) {
        let lines = state.withLock { state in
            state.keep(bytes)
            return line == nil ? [] : state.lines(in: bytes)
        }
        for text in lines { line?(text) }
    }

    /// Drains what is left, hands on an unfinished line and closes.
    ///
    /// Called once the child is gone.
    func finish() {
        while case .some = state.withLock({ $0.watch }) {
            var bytes: [UInt8] = []
            let watch = state.withLock { $0.watch }
            guard case .moved(let count) = readOnce(watch, into: &bytes), count > 0 else { break }
            keep(bytes)
        }
        end()
    }

    private func end() {
        let rest = state.withLock { state -> [UInt8] in
            defer { state.line = [] }
            return state.line
        }
        if !rest.isEmpty { line?(String(decoding: rest, as: UTF8.self)) }
        close()
    }

    private func close() {
        state.withLock { $0.watch.take() }?.dispose()
    }
}

extension StandardErrorRing.State {
    /// Puts bytes into the ring, over the oldest.
    fileprivate mutating func keep(_ bytes: [UInt8]) {
        let capacity = StandardErrorRing.capacity
        var rest = bytes.suffix(capacity)
        let room = min(capacity - ring.count, rest.count)
        ring += rest.prefix(room)
        rest = rest.dropFirst(room)
        for byte in rest {
            ring[start] = byte
            start = (start + 1) % capacity
        }
    }

    /// The lines that these bytes complete.
    fileprivate mutating func lines(in bytes: [UInt8]) -> [String] {
        var found: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || line.count == StandardErrorRing.longestLine {
                found.append(String(decoding: line, as: UTF8.self))
                line.removeAll(keepingCapacity: true)
            }
            if byte != UInt8(ascii: "\n") { line.append(byte) }
        }
        return found
    }
}
