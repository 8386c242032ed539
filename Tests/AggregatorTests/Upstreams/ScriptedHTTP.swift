import Machine
import Synchronization
import TestSupport
import Wire

@testable import Upstreams

/// A server over HTTP in memory: answers in order what it was told to, and keeps what came.
final class ScriptedHTTP: HTTPSender {
    /// One answer, or the way in which there is none.
    enum Reply: Sendable {
        /// `$ID` in the body stands for the request's id.
        case answer(Int, [(name: String, value: String)], String)
        /// The same in pieces, each of which comes when its door opens.
        case stream([(name: String, value: String)], [(Latch, String)])
        case broken(MachineFailure.Delivery, MachineFailure.Code = .unreachable)
    }

    private struct State {
        var replies: [Reply] = []
        var always: Reply?
        var requests: [HTTPClientRequest] = []
    }

    private let state = Mutex(State())

    var requests: [HTTPClientRequest] { state.withLock { $0.requests } }
    var count: Int { requests.count }

    /// Answers the next request so, after what was scripted before.
    func next(_ reply: Reply) { state.withLock { $0.replies.append(reply) } }

    /// Answers every request so for which nothing was scripted.
    func always(_ reply: Reply) { state.withLock { $0.always = reply } }

    /// A result next.
    func result(_ fields: [(name: String, value: String)] = [], _ result: String = "{}") {
        next(.answer(200, fields, #"{"jsonrpc":"2.0","id":$ID,"result":\#(result)}"#))
    }

    func send(_ request: HTTPClientRequest) async throws(MachineFailure) -> any HTTPAnswer {
        let reply = state.withLock { state in
            state.requests.append(request)
            return state.replies.isEmpty ? state.always : state.replies.removeFirst()
        }
        let message = try? Message(scanning: request.body)
        let id = message.flatMap { message in message.id.map { Array(message[$0]) } } ?? []
        switch reply {
        case .answer(let status, let fields, let body):
            return ScriptedAnswer(
                status, fields, [(Latch.opened, Self.filled(body, id))], kind: "application/json")
        case .stream(let fields, let pieces):
            return ScriptedAnswer(
                200, fields, pieces.map { ($0.0, Self.filled($0.1, id)) },
                kind: "text/event-stream")
        case .broken(let delivery, let code):
            throw MachineFailure(code, "The server went home.", delivery: delivery)
        case nil:
            throw MachineFailure(.unreachable, "Nothing was scripted.", delivery: .answered)
        }
    }

    func farewell(_ request: HTTPClientRequest, within delay: Duration) async {
        state.withLock { $0.requests.append(request) }
    }

    private static func filled(_ body: String, _ id: [UInt8]) -> String {
        body.replacing("$ID", with: String(decoding: id, as: UTF8.self))
    }
}

/// One answer of a script.
private final class ScriptedAnswer: HTTPAnswer {
    let status: Int
    let fields: HTTPFields
    private let pieces: Mutex<[(Latch, String)]>

    init(
        _ status: Int, _ fields: [(name: String, value: String)], _ pieces: [(Latch, String)],
        kind: String
    ) {
        self.status = status
        let isTyped = fields.contains { $0.name == "Content-Type" }
        self.fields = HTTPFields((isTyped ? [] : [("Content-Type", kind)]) + fields)
        self.pieces = Mutex(pieces.filter { !$0.1.isEmpty })
    }

    func next() async throws(MachineFailure) -> [UInt8]? {
        let piece = pieces.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let (latch, text) = piece else { return nil }
        await latch.wait()
        return Array(text.utf8)
    }

    func whole(limit: Int) async throws(MachineFailure) -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await next() { body += piece }
        return body
    }
}

extension Latch {
    /// A door that nobody has to wait at.
    static var opened: Latch {
        let latch = Latch()
        latch.open()
        return latch
    }
}
