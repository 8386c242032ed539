import Synchronization

/// What the streams of all sessions keep for clients that may come back, which has one bound for the
/// process.
///
/// Beyond it, the streams that have been silent for longest forget what they keep. Each stream has a
/// bound of its own, but there may be very many.
final class KeptEvents: Sendable {
    private struct State {
        var streams: [ObjectIdentifier: Member] = [:]
        var size = 0
    }

    private struct Member {
        weak var stream: EventStream?
    }

    private let most: Int
    private let state = Mutex(State())

    /// Nothing yet, and at most so many bytes.
    init(most: Int = 64 << 20) { self.most = most }

    /// How many bytes are kept in all.
    var size: Int { state.withLock { $0.size } }

    /// Notes a stream that may keep something.
    func enter(_ stream: EventStream) {
        state.withLock { $0.streams[ObjectIdentifier(stream)] = Member(stream: stream) }
    }

    /// A stream is gone, and so is what it kept.
    func leave(_ stream: ObjectIdentifier, _ size: Int) {
        state.withLock { state in
            state.streams[stream] = nil
            state.size -= size
        }
    }

    /// Notes that a stream keeps more, or less.
    func changed(by change: Int) {
        let isTooMuch = state.withLock { state in
            state.size += change
            return change > 0 && state.size > most
        }
        if isTooMuch { makeRoom() }
    }

    /// Makes more room than is needed at once: looking for it costs a look at every stream.
    private func makeRoom() {
        let streams = state.withLock { $0.streams.values.compactMap(\.stream) }
        let bySilence = streams.map { ($0, $0.lastWrite) }.sorted { $0.1 < $1.1 }
        for (stream, _) in bySilence {
            guard size > most / 4 * 3 else { return }
            stream.forget()
        }
    }
}
