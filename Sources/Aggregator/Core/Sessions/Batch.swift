import Synchronization
import Wire

/// Gathers the answers to an array of requests, which only 2025-03-26 knows.
package final class Batch: Sendable {
    private struct State {
        var missing: Int
        var bytes: [UInt8] = []
    }

    private let state: Mutex<State>

    /// `expected` is the number of requests in the array.
    init(expected: Int) { state = Mutex(State(missing: expected)) }

    /// Adds an answer; returns the whole array with the last one, else nil.
    func add(_ answer: Answer, id: ArraySlice<UInt8>) -> [UInt8]? {
        state.withLock { state in
            state.bytes.append(UInt8(ascii: state.bytes.isEmpty ? "[" : ","))
            answer.write(id: id, into: &state.bytes)
            return Self.finish(&state)
        }
    }

    /// Notes that a request will not be answered because it was cancelled; returns the whole array if
    /// it was the last one, and nothing of it if none is answered.
    func skip() -> [UInt8]? { state.withLock { Self.finish(&$0) } }

    private static func finish(_ state: inout State) -> [UInt8]? {
        state.missing -= 1
        guard state.missing == 0 else { return nil }
        return state.bytes.isEmpty ? [] : state.bytes + [UInt8(ascii: "]")]
    }
}

extension Session {
    /// Takes an array of messages apart; its answers go out together.
    func receive(
        _ batch: [Result<Message, Rejection>], over exchange: (any Channel)? = nil,
        in group: inout DiscardingTaskGroup
    ) {
        guard isOpen, envelope.revision.allowsBatches, !batch.isEmpty else {
            let text =
                "Invalid request: an array of messages is not part of this protocol revision."
            return (exchange ?? channel).answer(
                .error(Answer.error(code: -32600, text)), id: Self.null)
        }
        let requests = batch.filter { element in
            switch element {
            case .success(let message): message.kind == .request
            case .failure(let rejection): !rejection.isResponse
            }
        }
        let gathered = Batch(expected: requests.count)
        for element in batch {
            switch element {
            case .success(let message):
                receive(message, batch: gathered, over: exchange, in: &group)
            case .failure(let rejection):
                guard !rejection.isResponse else {
                    settle(broken: rejection.id)
                    continue
                }
                let error = Answer.error(code: rejection.rpcCode, Self.sentence(rejection))
                write(
                    .error(error), id: rejection.id?[...] ?? Self.null, batch: gathered,
                    over: exchange)
            }
        }
    }
}
