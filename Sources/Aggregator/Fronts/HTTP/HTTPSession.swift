import Aggregator
import Machine
import Synchronization
import Wire

/// A session of the older revisions over HTTP: the conversation, and the streams that lead to it.
final class HTTPSession: Sendable {
    private struct State {
        /// Streams of requests whose answers may still be asked for, oldest first.
        var streams: [EventStream] = []
        var lastNumber = 0
        var lastSeen: ContinuousClock.Instant
        var open = 0
        /// The requests that are not answered yet, the latest last.
        var channels: [PostChannel] = []
    }

    /// How many streams of answered requests are kept for clients that come back.
    private static let mostStreams = 32

    let session: Session
    /// What belongs to no request goes here.
    let stream: EventStream
    private let time: any Timekeeper
    private let kept: KeptEvents
    private let state: Mutex<State>

    /// A session that nobody has opened; `kept` has the bound of what its streams keep.
    init(_ hub: Hub, _ principal: Principal, _ kept: KeptEvents) {
        time = hub.services.time
        self.kept = kept
        stream = EventStream(number: 0, time, kept)
        state = Mutex(State(lastSeen: time.now))
        let aside = AsideChannel(stream)
        session = Session(channel: aside, hub: hub, principal: principal)
        aside.owner = self
    }

    /// A stream for one more request that is answered by events.
    func newStream() -> EventStream {
        state.withLock { state in
            state.lastNumber += 1
            let stream = EventStream(number: state.lastNumber, time, kept)
            state.streams.removeAll { $0.isFinished && $0.size == 0 }
            let excess = state.streams.count - Self.mostStreams
            // Those that are still written to stay: somebody waits for their answer.
            if excess >= 0, let oldest = state.streams.firstIndex(where: \.isFinished) {
                state.streams.remove(at: oldest)
            }
            state.streams.append(stream)
            return stream
        }
    }

    /// The stream of this number, if it is still kept.
    func stream(_ number: Int) -> EventStream? {
        number == 0 ? stream : state.withLock { $0.streams.first { $0.number == number } }
    }

    // MARK: Requests

    /// A request that waits for its answer.
    func opened(_ channel: PostChannel) { state.withLock { $0.channels.append(channel) } }

    /// It is answered.
    func closed(_ channel: PostChannel) {
        state.withLock { $0.channels.removeAll { $0 === channel } }
    }

    /// The request that came last of those that are not answered; nil for none.
    var latest: PostChannel? { state.withLock { $0.channels.last } }

    // MARK: Life

    /// A request has come.
    func entered() {
        let now = time.now
        state.withLock { state in
            state.open += 1
            state.lastSeen = now
        }
    }

    /// Its exchange is over.
    func left() {
        let now = time.now
        state.withLock { state in
            state.open -= 1
            state.lastSeen = now
        }
    }

    /// Since when its client has been silent; nil while an exchange is open.
    var idleSince: ContinuousClock.Instant? {
        state.withLock { $0.open > 0 ? nil : $0.lastSeen }
    }

    /// Ends it: what runs is cancelled and answered, which lets those go who read its streams.
    func close() {
        session.close()
        stream.finish()
    }
}

/// The channel for what belongs to no request of a session over HTTP.
///
/// Clients need not read the stream that is meant for it; as long as nobody does, the answer that is
/// under way is the only way to them.
final class AsideChannel: Channel {
    private let stream: EventStream
    private let known = Mutex<Weak>(Weak())

    private struct Weak: Sendable {
        weak var session: HTTPSession?
    }

    init(_ stream: EventStream) { self.stream = stream }

    /// The session that it belongs to.
    var owner: HTTPSession? {
        get { known.withLock { $0.session } }
        set { known.withLock { $0.session = newValue } }
    }

    func send(_ aside: Draft) {
        if !stream.isAttached, let channel = owner?.latest { return channel.send(aside) }
        stream.write { aside.write(into: &$0) }
    }

    // Every request has a channel of its own, so these answers are nobody's.
    func answer(_ answer: Answer, id: ArraySlice<UInt8>) {}
    func answer(batch: [UInt8]) {}
    func dismiss(id: ArraySlice<UInt8>) {}
    var isShared: Bool { true }
    var isCongested: Bool { stream.isCongested }
    func drained() async { await stream.drained() }
}
