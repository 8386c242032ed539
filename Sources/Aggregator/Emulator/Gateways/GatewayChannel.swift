import Aggregator
import Machine
import Synchronization
import Wire

/// The answer to one POST at a gateway: plain JSON, or a stream once anything precedes it and the
/// gateway streams.
final class GatewayChannel: Channel {
    private enum Phase {
        case silent, streaming, over
    }

    private let exchange: HTTPExchange
    private let isStreaming: Bool
    private let fields: Fields
    /// What becomes of an answer before it leaves.
    private let change: @Sendable (Answer) -> Answer
    private let phase = Mutex(Phase.silent)

    init(
        _ exchange: HTTPExchange, isStreaming: Bool, fields: Fields,
        change: @escaping @Sendable (Answer) -> Answer = { $0 }
    ) {
        self.exchange = exchange
        self.isStreaming = isStreaming
        self.fields = fields
        self.change = change
    }

    func send(_ aside: Draft) {
        guard isStreaming, begin() else { return }
        exchange.write { bytes in
            EventWriter.append(name: "message", to: &bytes) { aside.write(into: &$0) }
        }
    }

    func answer(_ answer: Answer, id: ArraySlice<UInt8>) {
        let answer = change(answer)
        let before = phase.withLock { phase in
            defer { phase = .over }
            return phase
        }
        switch before {
        case .over: return
        case .silent:
            var bytes: [UInt8] = []
            answer.write(id: id, into: &bytes)
            var fields = fields
            fields.set(.contentType, "application/json")
            exchange.respond(.ok, fields, body: bytes)
        case .streaming:
            exchange.write { bytes in
                EventWriter.append(name: "message", to: &bytes) { answer.write(id: id, into: &$0) }
            }
            exchange.end()
        }
    }

    /// Arrays are refused before they come here.
    func answer(batch: [UInt8]) {}

    func dismiss(id: ArraySlice<UInt8>) {
        answer(.error(Answer.error(code: -32800, "The request was cancelled.")), id: id)
    }

    var isShared: Bool { false }
    var isCongested: Bool { exchange.isCongested }
    func drained() async { await exchange.drained() }

    /// Makes it a stream, if it is none yet; false when it is over.
    private func begin() -> Bool {
        let before = phase.withLock { phase in
            defer { if case .silent = phase { phase = .streaming } }
            return phase
        }
        switch before {
        case .over: return false
        case .streaming: return true
        case .silent:
            var fields = fields
            fields.set(.contentType, "text/event-stream")
            fields.set(.cacheControl, "no-cache")
            exchange.begin(.ok, fields)
            return true
        }
    }
}
