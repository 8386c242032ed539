import Aggregator
import Synchronization
import Wire

/// A client in the same process: it speaks the protocol with a session of the hub, over memory.
final class LocalClient: Sendable {
    /// What waits, in either direction.
    struct State {
        var lastID = 0
        var outgoing: [[UInt8]] = []
        /// The requests that wait, and their answers once they are there.
        var answers: [Int: Message?] = [:]
        /// Questions of servers, by their exact id; raised when one is withdrawn.
        var questions: [[UInt8]: Aggregator.Signal] = [:]
    }

    let hub: Hub
    private let session: Session
    private let channel: MemoryChannel
    let attendant: any Attendant
    let state = Mutex(State())
    /// Raised when there is a line to be carried in either direction.
    private let work = Aggregator.Signal()
    /// Raised when a request was answered.
    let answered = Aggregator.Signal()

    /// A client of the hub, with somebody who answers questions.
    init(_ hub: Hub, _ attendant: any Attendant) {
        self.hub = hub
        self.attendant = attendant
        channel = MemoryChannel(arrived: work)
        session = Session(channel: LineChannel(channel), hub: hub)
    }

    /// Carries lines in both directions until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let version = work.version
                for line in takeOutgoing() { session.receive(.complete(line), in: &group) }
                for line in channel.take() { receive(line, in: &group) }
                await work.wait(after: version)
            }
            session.close()
            group.cancelAll()
        }
    }

    private func takeOutgoing() -> [[UInt8]] {
        state.withLock { state in
            defer { state.outgoing = [] }
            return state.outgoing
        }
    }

    /// Hands one line to the session, at the next chance.
    func send(_ line: [UInt8]) {
        state.withLock { $0.outgoing.append(line) }
        work.raise()
    }

    // MARK: Asking

    /// Sends a request and waits for its result; `params` writes the members of `params`.
    ///
    /// After `patience`, or when the task is cancelled, the request is cancelled and this throws.
    func request(
        _ method: Method, patience: Duration? = nil,
        params: (inout JSONWriter) -> Void = { _ in }
    ) async throws(RemoteError) -> Value {
        let id = state.withLock { state in
            state.lastID += 1
            state.answers[state.lastID] = .some(nil)
            return state.lastID
        }
        send(Self.line(method, id: id, params))
        let deadline = patience.map { hub.services.time.now.advanced(by: $0) }
        guard let answer = await answer(to: id, until: deadline) else {
            notify(.cancelled) { params in
                params.key("requestId")
                params.integer(id)
            }
            throw Task.isCancelled
                ? RemoteError(code: RemoteError.late, message: "Interrupted.") : .late("in time")
        }
        guard let extent = answer.result else {
            throw RemoteError(answer.value(answer.error ?? Extent(0..<0)))
        }
        return answer.value(extent)
    }

    /// Sends a notification.
    func notify(_ method: Method, params: (inout JSONWriter) -> Void = { _ in }) {
        send(Self.line(method, id: nil, params))
    }

    private func answer(to id: Int, until deadline: ContinuousClock.Instant?) async -> Message? {
        defer { state.withLock { $0.answers[id] = nil } }
        while !Task.isCancelled {
            let version = answered.version
            if let answer = state.withLock({ $0.answers[id] ?? nil }) { return answer }
            if let deadline, deadline <= hub.services.time.now { return nil }
            await answered.wait(after: version, until: deadline, on: hub.services.time)
        }
        return nil
    }

    /// One message; a request asks for progress under its own id.
    private static func line(
        _ method: Method, id: Int?, _ params: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        if let id {
            writer.key("id")
            writer.integer(id)
        }
        writer.key("method")
        writer.string(method.name)
        writer.key("params")
        writer.beginObject()
        params(&writer)
        if let id, method == .toolsCall || method == .resourcesRead {
            writer.key("_meta")
            writer.raw(Array(#"{"progressToken":\#(id)}"#.utf8))
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
