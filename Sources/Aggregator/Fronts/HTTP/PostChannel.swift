import Aggregator
import Machine
import Synchronization
import Wire

/// The channel of one POST: one JSON answer, or a stream of events once anything precedes the answer
/// (MCP, "Streamable HTTP").
final class PostChannel: Channel {
    private enum Phase {
        /// Nothing was sent: the answer may still go out as it is.
        case silent
        /// A stream of events is under way.
        case streaming
        /// Answered, or not to be answered.
        case over
    }

    /// How the statuses and streams of the client's era are.
    enum Style: Sendable {
        /// Errors have statuses of their own, and a stream cannot be resumed (MCP 2026-07-28).
        case modern(Method)
        /// Every answer is a 200; a stream is one of the session's and can be resumed.
        case legacy(HTTPSession, primes: Bool)
        /// Every answer is a 200, and a stream cannot be resumed.
        case plain
    }

    private let exchange: HTTPExchange
    private let style: Style
    private let fields: Fields
    private let phase = Mutex(Phase.silent)
    /// The session's stream once events are under way; an answer alone needs none.
    private let stream = Mutex<EventStream?>(nil)
    private let time: (any Timekeeper)?
    /// Nil without time.
    private let lastWrite: Mutex<ContinuousClock.Instant?>

    /// The channel of an exchange that nobody has answered; `fields` go with every answer.
    ///
    /// Without `time` nothing is sent to show that the connection lives.
    init(
        _ exchange: HTTPExchange, _ style: Style, fields: Fields = [:], _ time: (any Timekeeper)?
    ) {
        self.exchange = exchange
        self.style = style
        self.fields = fields
        self.time = time
        lastWrite = Mutex(time?.now)
    }

    // MARK: Saying

    func send(_ aside: Draft) {
        guard begin() else { return }
        event { aside.write(into: &$0) }
    }

    /// Sends a message that is written already.
    func send(written message: [UInt8]) {
        guard begin() else { return }
        event { $0.append(contentsOf: message) }
    }

    /// Sends the last message, which is written already.
    func finish(written message: [UInt8]) {
        finish(.ok, whole: message) { $0.append(contentsOf: message) }
    }

    func answer(_ answer: Answer, id: ArraySlice<UInt8>) {
        finish(status(of: answer)) { answer.write(id: id, into: &$0) }
    }

    func answer(batch: [UInt8]) {
        finish(.ok) { $0.append(contentsOf: batch) }
    }

    /// What was cancelled by a notification still has an exchange that must come to an end.
    func dismiss(id: ArraySlice<UInt8>) {
        answer(.error(Answer.error(code: -32800, "The request was cancelled.")), id: id)
    }

    var isShared: Bool { false }

    var isCongested: Bool { resumable?.isCongested ?? exchange.isCongested }

    func drained() async {
        if let resumable { await resumable.drained() } else { await exchange.drained() }
    }

    /// Shows that the connection lives, if it has been silent since before `moment`; a stream begins
    /// if need be.
    func keepAlive(silentSince moment: ContinuousClock.Instant) {
        guard let last = resumable?.lastWrite ?? lastWrite.withLock({ $0 }), last <= moment, begin()
        else { return }
        if let resumable { return resumable.keepAlive() }
        touch()
        exchange.write { EventWriter.append(comment: "", to: &$0) }
    }

    // MARK: Framing

    /// Makes it a stream of events, if it is none yet; false when it is over.
    private func begin() -> Bool {
        let isFirst = phase.withLock { phase -> Bool? in
            switch phase {
            case .silent:
                phase = .streaming
                return true
            case .streaming: return false
            case .over: return nil
            }
        }
        guard let isFirst else { return false }
        if isFirst { open() }
        return true
    }

    private func open() {
        var fields = fields
        for field in Self.streamFields { fields.set(field.name, field.value) }
        exchange.begin(.ok, fields)
        guard case .legacy(let session, let primes) = style else { return }
        let stream = session.newStream()
        self.stream.withLock { $0 = stream }
        stream.attach(StreamReader(exchange))
        if primes { stream.prime(retry: .seconds(1)) }
    }

    private func event(_ body: (inout [UInt8]) -> Void) {
        if let resumable { return resumable.write(body) }
        touch()
        exchange.write { EventWriter.append(name: "message", to: &$0, data: body) }
    }

    private var resumable: EventStream? { stream.withLock { $0 } }

    private func touch() {
        guard let time else { return }
        let now = time.now
        lastWrite.withLock { $0 = now }
    }

    /// `whole` is what `body` writes, where that is there already.
    private func finish(
        _ status: Status, whole: [UInt8]? = nil, _ body: (inout [UInt8]) -> Void
    ) {
        let before = phase.withLock { phase in
            defer { phase = .over }
            return phase
        }
        switch before {
        case .over: return
        case .silent:
            var bytes = whole ?? []
            if whole == nil { body(&bytes) }
            exchange.respond(status, answerFields, body: bytes)
        case .streaming:
            event(body)
            exchange.end()
            resumable?.finish()
        }
    }

    /// The fields of an answer that is no stream, which mostly are the same.
    private var answerFields: Fields {
        if fields.isEmpty { return Self.plainFields }
        var fields = fields
        fields.set(.contentType, "application/json")
        return fields
    }

    private static let plainFields: Fields = [.contentType: "application/json"]

    private static let streamFields: Fields = [
        .contentType: "text/event-stream", .cacheControl: "no-cache, no-transform",
        .xAccelBuffering: "no",
    ]

    // MARK: Statuses

    /// The status that goes with an answer (MCP 2026-07-28, "Streamable HTTP", "Errors").
    private func status(of answer: Answer) -> Status {
        guard case .modern(let method) = style, answer.isError else { return .ok }
        switch answer.errorCode {
        case -32700, -32600, -32602, -32020, -32021, -32022: return .badRequest
        // An upstream that does not know a method which we do know is no missing page of ours.
        case -32601: return method == .other || !answer.isRelayed ? .notFound : .ok
        default: return .ok
        }
    }
}
