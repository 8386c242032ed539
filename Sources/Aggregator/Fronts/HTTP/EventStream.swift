import Aggregator
import Machine
import Synchronization
import Wire

/// A stream of events to a client of the older revisions, which may go on over another connection
/// (MCP 2025-11-25, "Resumability and Redelivery").
///
/// What was sent is kept, so much and no more: a client whose connection broke reads on behind the
/// last event that it saw.
final class EventStream: Sendable {
    fileprivate struct Event {
        let number: Int
        let bytes: [UInt8]
    }

    fileprivate struct State {
        var reader: StreamReader?
        var events: [Event] = []
        var size = 0
        var lastNumber = 0
        /// Whether everything that belongs to it has been said.
        var isFinished = false
        var lastWrite: ContinuousClock.Instant
    }

    /// The most that is kept for a client that may come back, in bytes.
    fileprivate static let mostBytes = 1 << 20

    /// Which of its session's streams it is; 0 is the one for what belongs to no request.
    let number: Int
    private let time: any Timekeeper
    private let kept: KeptEvents
    private let state: Mutex<State>

    /// A stream that has said nothing and leads nowhere.
    init(number: Int, _ time: any Timekeeper, _ kept: KeptEvents) {
        self.number = number
        self.time = time
        self.kept = kept
        state = Mutex(State(lastWrite: time.now))
        kept.enter(self)
    }

    deinit { kept.leave(ObjectIdentifier(self), size) }

    /// Whether somebody reads it.
    var isAttached: Bool { state.withLock { $0.reader != nil } }
    var isFinished: Bool { state.withLock { $0.isFinished } }
    var lastWrite: ContinuousClock.Instant { state.withLock { $0.lastWrite } }
    /// How many bytes it keeps.
    var size: Int { state.withLock { $0.size } }

    /// Leads it to a reader, behind the event that this one saw last; who read it before does so no
    /// more.
    func attach(_ reader: StreamReader, after last: Int? = nil) {
        let (previous, isOver) = state.withLock { state in
            let previous = state.reader
            state.reader = reader
            state.lastWrite = time.now
            for event in state.events where event.number > last ?? .max {
                reader.exchange.write { $0.append(contentsOf: event.bytes) }
            }
            return (previous, state.isFinished)
        }
        previous?.over.raise()
        if isOver { reader.over.raise() }
    }

    /// Its reader is gone; it may come back.
    func detach(_ reader: StreamReader) {
        state.withLock { if $0.reader === reader { $0.reader = nil } }
    }

    /// Says something; `body` appends one message.
    func write(_ body: (inout [UInt8]) -> Void) {
        let change = state.withLock { state in
            state.lastNumber += 1
            var bytes: [UInt8] = []
            EventWriter.append(
                name: "message", id: "\(number)-\(state.lastNumber)", to: &bytes, data: body)
            return state.send(bytes, at: time.now)
        }
        kept.changed(by: change)
    }

    /// Says where it can be read on from, before anything else: an event without data.
    func prime(retry: Duration) {
        let change = state.withLock { state in
            state.lastNumber += 1
            var bytes: [UInt8] = []
            EventWriter.append(
                id: "\(number)-\(state.lastNumber)", retry: retry, to: &bytes, data: { _ in })
            return state.send(bytes, at: time.now)
        }
        kept.changed(by: change)
    }

    /// Keeps nothing of what was said so far: others need the room.
    func forget() {
        let size = state.withLock { state in
            defer { (state.events, state.size) = ([], 0) }
            return state.size
        }
        kept.changed(by: -size)
    }

    /// Shows that the connection lives.
    func keepAlive() {
        state.withLock { state in
            state.reader?.exchange.write { EventWriter.append(comment: "", to: &$0) }
            state.lastWrite = time.now
        }
    }

    /// Everything has been said: its reader is let go.
    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            return state.reader
        }
        reader?.over.raise()
    }

    var isCongested: Bool { state.withLock { $0.reader }?.exchange.isCongested ?? false }
    func drained() async { await state.withLock { $0.reader }?.exchange.drained() }
}

/// One exchange over which a stream is read, until it is over or somebody else reads it.
final class StreamReader: Sendable {
    let exchange: HTTPExchange
    let over = Signal()

    init(_ exchange: HTTPExchange) { self.exchange = exchange }
}

extension EventStream.State {
    /// Sends an event and keeps it, and returns how much more is kept then.
    ///
    /// The oldest go when there is too much.
    fileprivate mutating func send(_ bytes: [UInt8], at now: ContinuousClock.Instant) -> Int {
        let before = size
        reader?.exchange.write { $0.append(contentsOf: bytes) }
        lastWrite = now
        events.append(EventStream.Event(number: lastNumber, bytes: bytes))
        size += bytes.count
        var dropped = 0
        while size > EventStream.mostBytes, dropped < events.count {
            size -= events[dropped].bytes.count
            dropped += 1
        }
        events.removeFirst(dropped)
        return size - before
    }
}
