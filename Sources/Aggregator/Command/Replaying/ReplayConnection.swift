import Aggregator
import Synchronization
import Wire

/// A conversation with an upstream that is not there: everything that is said was said before.
final class ReplayConnection: Connection {
    private let endpoint: ReplayEndpoint
    private let inbox = Mutex<(any Inbox)?>(nil)

    /// A conversation in which nothing was said.
    init(_ endpoint: ReplayEndpoint) { self.endpoint = endpoint }

    func run(_ inbox: any Inbox) async -> Failure {
        self.inbox.withLock { $0 = inbox }
        // Nothing ends it but the end of the process.
        await Aggregator.Signal().wait(after: 0)
        return Failure(.stopping, "The replay was stopped.", upstream: endpoint.name)
    }

    func notify(_ draft: Draft) -> Bool { true }
    func sweep(now: ContinuousClock.Instant) {}

    func call(_ call: Call) async throws(Failure) -> Message {
        let request = try message(call.draft.bytes)
        switch call.method {
        case .initialize: return try greeting()
        case .discover: return try discovery()
        case .ping, .setLevel, .resourcesSubscribe, .resourcesUnsubscribe:
            return try made(result: "{}")
        case .listen: return try made(error: -32601, "A replay announces nothing.")
        default: break
        }
        switch endpoint.server.reply(to: request) {
        case .said(let saying): return await tell(saying, call.caller)
        case .unknown(let nearest):
            guard !call.method.isStanding else { return try made(error: -32601, "Not recorded.") }
            throw unknown(request, nearest)
        }
    }

    /// Says what was said in between, then the answer.
    private func tell(_ saying: RecordedServer.Saying, _ caller: Caller?) async -> Message {
        let inbox = inbox.withLock { $0 }
        for notification in saying.notifications {
            let hearer =
                notification.method == .message
                ? inbox?.hearer(among: { [caller].compactMap(\.self) }) : caller
            await inbox?.aside(notification, caller: hearer)
        }
        for question in saying.questions {
            endpoint.log(
                .warning,
                "Upstream '\(endpoint.name)' asked '\(question.method.name)' here when it was recorded. "
                    + "A replay does not ask, and goes on with what was answered then.")
        }
        return saying.answer
    }

    // MARK: Handshakes

    /// What was answered to `initialize`; the instructions are told elsewhere.
    private func greeting() throws(Failure) -> Message {
        guard let answer = endpoint.server.latest(.initialize) else {
            // A server that opened in another way does not know this one.
            guard endpoint.server.latest(.discover)?.kind != .result else {
                return try made(error: -32601, "It was recorded without 'initialize'.")
            }
            return try made(
                result: #"{"protocolVersion":"\#(Revision.newestLegacy.rawValue)","capabilities":"#
                    + #"{"tools":{},"prompts":{},"resources":{}},"serverInfo":{"name":"recording","#
                    + #""version":"0"}}"#)
        }
        return try withoutInstructions(answer)
    }

    private func discovery() throws(Failure) -> Message {
        guard let answer = endpoint.server.latest(.discover) else {
            return try made(error: -32601, "It was recorded with 'initialize'.")
        }
        return try withoutInstructions(answer)
    }

    private func withoutInstructions(_ answer: Message) throws(Failure) -> Message {
        guard let result = answer.result else { return answer }
        var draft = Draft(answer)
        draft.remove(member: "instructions", of: result)
        return try message(draft.bytes)
    }

    // MARK: Messages of our own

    private func made(result: String) throws(Failure) -> Message {
        try message(Array(#"{"jsonrpc":"2.0","id":0,"result":\#(result)}"#.utf8))
    }

    private func made(error code: Int, _ words: String) throws(Failure) -> Message {
        try message(
            Array(#"{"jsonrpc":"2.0","id":0,"error":{"code":\#(code),"message":"\#(words)"}}"#.utf8)
        )
    }

    private func message(_ bytes: [UInt8]) throws(Failure) -> Message {
        do throws(Rejection) {
            return try Message(scanning: bytes)
        } catch {
            throw Failure(.malformed, error.reason, upstream: endpoint.name)
        }
    }

    /// What is told to whoever asks for something that nobody asked for before.
    private func unknown(_ request: Message, _ nearest: [UInt8]?) -> Failure {
        let method = request.methodName.map { String(decoding: request[$0], as: UTF8.self) } ?? ""
        let subject = (request.name ?? request.uri).flatMap { request.value($0).string }
        let what = subject.map { "'\(method)' of '\($0)'" } ?? "'\(method)'"
        guard let nearest else {
            return Failure(
                .invalidParams,
                "The recording '\(endpoint.file)' has no answer to \(what). 'manifold record' records one.",
                upstream: endpoint.name)
        }
        let params = Value(nearest, Extent(0..<nearest.count))
        let shown = String(decoding: (params["arguments"] ?? params).raw.prefix(400), as: UTF8.self)
        return Failure(
            .invalidParams,
            "The recording '\(endpoint.file)' has no \(what) with these arguments. The nearest it has: "
                + shown, upstream: endpoint.name)
    }
}
