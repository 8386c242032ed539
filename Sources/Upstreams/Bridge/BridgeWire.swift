import Aggregator
import Synchronization
import Wire

/// What posts messages to a bridge: AgentCore, or in tests a script.
protocol BridgePoster: Sendable {
    /// Posts one message and hands over, one by one, the messages that come back; reads on only once
    /// `room` returns.
    ///
    /// Throws with `executed` as `.no` when the message provably never came to the child.
    func post(
        _ message: [UInt8], hear: @Sendable (Message) -> Void, room: @Sendable () async -> Void
    ) async throws(Failure)
}

/// A conversation in lines over posts: lines that are written are posted, and what comes back is read
/// as lines, so that all that holds for pipes holds for bridges too.
final class BridgeWire: LineTransport, LineSource {
    private struct State {
        var pump = BridgePump()
        var heard = HeardLines()
        /// Since when the one post that an old bridge takes at a time is under way.
        var since: ContinuousClock.Instant?
        var isClosed = false
        /// Why nothing will be heard any more.
        var end: Failure?
    }

    private let upstream: String
    private let time: any Timekeeper
    private let state = Mutex(State())
    /// Raised when there may be something to post, or there is room.
    private let outgoing = Signal()
    /// Raised when something has come back.
    private let incoming = Signal()

    let highWater = 8 << 20

    /// A wire that carries nothing yet.
    init(upstream: String, time: any Timekeeper) {
        self.upstream = upstream
        self.time = time
    }

    // MARK: Posting

    /// Posts what there is to post until the conversation is lost or the task is cancelled.
    ///
    /// `refused` is told of a request that never came to the child, by its id.
    func run(
        over poster: any BridgePoster, refused: @escaping @Sendable ([UInt8], Failure) -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let version = outgoing.version
                while let post = nextPost() {
                    group.addImmediateTask { await self.send(post, over: poster, refused) }
                }
                await outgoing.wait(after: version)
            }
            group.cancelAll()
        }
    }

    private func nextPost() -> BridgePump.Post? {
        let now = time.now
        return state.withLock { state in
            let hasRoom = state.heard.size <= highWater
            guard !state.isClosed, let post = state.pump.next(fetches: hasRoom) else { return nil }
            state.since = state.pump.isDuplex ? nil : now
            return post
        }
    }

    /// Gives the conversation up if an old bridge has not answered a post for so long: whoever it
    /// belongs to has been told, and until it is answered no other is taken.
    func sweep(now: ContinuousClock.Instant, patience: Duration) {
        let isStuck = state.withLock { state in
            state.since.map { $0.advanced(by: patience) <= now } ?? false
        }
        guard isStuck else { return }
        lose(
            Failure(
                .lost,
                "Upstream '\(upstream)' lets nothing through: its bridge has not answered for "
                    + "\(patience.described). It is opened again.",
                upstream: upstream, executed: .unknown))
    }

    private func lose(_ failure: Failure) {
        state.withLock { state in
            (state.isClosed, state.since) = (true, nil)
            state.end = state.end ?? failure
        }
        incoming.raise()
        outgoing.raise()
    }

    private func send(
        _ post: BridgePump.Post, over poster: any BridgePoster,
        _ refused: @Sendable ([UInt8], Failure) -> Void
    ) async {
        do throws(Failure) {
            try await poster.post(
                post.bytes, hear: { self.hear($0) }, room: { await self.room() })
            state.withLock { state in
                state.pump.finished()
                state.since = nil
            }
        } catch {
            settle(post, error, refused)
        }
        outgoing.raise()
    }

    private func hear(_ message: Message) {
        state.withLock { state in
            if state.pump.admits(message) { state.heard.append(message.bytes) }
        }
        incoming.raise()
        // What came may have opened the way for what waits.
        outgoing.raise()
    }

    /// Waits until what was heard is taken, as far as it must be: who reads slowly, or not at all, must
    /// not make us keep what a server goes on saying.
    private func room() async {
        while !Task.isCancelled {
            let version = outgoing.version
            let isFull = state.withLock { state in
                state.heard.size > highWater && !state.isClosed && state.end == nil
            }
            guard isFull else { return }
            await outgoing.wait(after: version)
        }
    }

    /// What a post that failed means: one request less, or the end of the conversation, as nobody knows
    /// which lines the bridge has handed out.
    private func settle(
        _ post: BridgePump.Post, _ failure: Failure,
        _ refused: ([UInt8], Failure) -> Void
    ) {
        let isDuplex = state.withLock { $0.pump.isDuplex }
        if case .request(let id) = post.purpose, failure.executed == .no || isDuplex {
            state.withLock { state in
                state.pump.refused(post)
                state.since = nil
            }
            return refused(id, failure)
        }
        if post.purpose == .notification, failure.executed == .no {
            return state.withLock { state in
                state.pump.refused(post)
                state.since = nil
            }
        }
        lose(failure)
    }

    // MARK: LineTransport

    func write(_ body: (inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        body(&bytes)
        state.withLock { state in
            guard !state.isClosed else { return }
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                state.pump.take(Array(line))
            }
        }
        outgoing.raise()
    }

    var load: (accepted: UInt64, isCongested: Bool) {
        state.withLock { ($0.pump.accepted, $0.pump.load > highWater) }
    }

    var sent: UInt64 { state.withLock { $0.pump.sent } }

    func drained() async {
        while !Task.isCancelled {
            let version = outgoing.version
            if state.withLock({ $0.isClosed || $0.pump.load <= highWater / 2 }) { return }
            await outgoing.wait(after: version)
        }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        outgoing.raise()
    }

    // MARK: LineSource

    func fill() async throws(Failure) -> Bool {
        while true {
            let version = incoming.version
            let (hasLine, end) = state.withLock { (!$0.heard.isEmpty, $0.end) }
            if hasLine { return true }
            if let end { throw end }
            guard !Task.isCancelled else {
                throw Failure(.cancelled, "The conversation was ended.", upstream: upstream)
            }
            await incoming.wait(after: version)
        }
    }

    func next() -> LineBuffer.Line? {
        let (line, hasRoom) = state.withLock { state in
            let wasFull = state.heard.size > highWater
            let line = state.heard.popFirst()
            return (line, wasFull && state.heard.size <= highWater)
        }
        if hasRoom { outgoing.raise() }
        return line.map { .complete($0) }
    }
}

/// Lines that have come back and were not read yet, in order.
private struct HeardLines {
    /// How many bytes they have.
    private(set) var size = 0
    private var last: [[UInt8]] = []
    /// The first ones, the very first at the end.
    private var first: [[UInt8]] = []

    var isEmpty: Bool { first.isEmpty && last.isEmpty }

    mutating func append(_ line: [UInt8]) {
        size += line.count
        last.append(line)
    }

    mutating func popFirst() -> [UInt8]? {
        if first.isEmpty { (first, last) = (last.reversed(), []) }
        let line = first.popLast()
        size -= line?.count ?? 0
        return line
    }
}
