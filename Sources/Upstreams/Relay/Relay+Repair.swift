import Aggregator
import Machine
import Synchronization
package import Wire

/// Servers that do not know us any more: greeted again, once for all who notice.
extension Relay {
    /// Whether an answer says that the server was never greeted, and not that the request is wrong.
    func isUngreeted(_ answer: Parcel, _ exchange: RelayExchange) -> Bool {
        guard let error = answer.error, error.code == -32602, !exchange.isOwn,
            exchange.parcel.kind == .request, exchange.parcel.method != .initialize,
            let asked = exchange.missing.first, answer.answered.contains(asked),
            session.withLock({ $0.mayReopen(at: time.now) })
        else { return false }
        return !Self.isAboutArguments(error.message, error.data)
    }

    /// Whether a refusal is for the session.
    func mayHaveLost(_ refusal: RelayRefusal, _ exchange: RelayExchange) -> Bool {
        exchange.parcel.kind == .request && exchange.parcel.method != .initialize
            && !exchange.isOwn && refusal.isLostSession
            && session.withLock { $0.mayReopen(at: time.now) }
    }

    /// Details, or words that speak of the arguments: greeting the server would not mend that.
    private static func isAboutArguments(_ message: String, _ data: Value?) -> Bool {
        if let data, !data.isNull, data.string != "" { return true }
        let text = message.lowercased()
        return [
            "unknown tool", "unknown prompt", "unknown resource", "not found", "argument",
            "validation",
            "required", "must be", "expected",
        ].contains { text.contains($0) }
    }

    /// Greets the server again, unless somebody else has done so since `generation`; whether it knows
    /// us now.
    func reopen(from generation: Int, status: Int?) async -> Bool {
        await repair.take {
            if Task.isCancelled { return false }
            let (now, greeting) = session.withLock { ($0.generation, $0.greeting) }
            if now != generation { return true }
            guard let greeting else { return false }
            say(.replaying(status: status))
            if status != nil { session.withLock { $0.forget() } }
            if let trouble = await greet(greeting) {
                say(.replayFailed(trouble))
                return false
            }
            session.withLock { $0.reopened() }
            return true
        }
    }

    /// Says the whole greeting again, and shows nothing of it.
    private func greet(_ greeting: Parcel) async -> RelayTrouble? {
        let id = nextOwnId()
        guard let message = greeting.message, let extent = message.id else { return nil }
        let bytes = Draft(message, replacing: extent, with: id).bytes
        guard let parcel = try? Parcel(bytes, limits: Limits(bytes: settings.limit)) else {
            return nil
        }
        switch await ask(parcel) {
        case .failure(let trouble): return trouble
        case .success(let answer):
            if let error = answer.error { return .unreadable("\(error.message) (\(error.code))") }
        }
        let initialized = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
        guard let end = try? Parcel(Array(initialized.utf8)) else { return nil }
        if case .success(let accepted) = await send(end, end.bytes) {
            _ = try? await accepted.response.whole(limit: 1 << 20)
        }
        greeted.raise()
        return nil
    }

    /// An id that no client uses.
    func nextOwnId() -> [UInt8] {
        let number = serial.withLock { serial in
            serial.pings += 1
            return serial.pings
        }
        return Array("\"manifold-relay-\(number)\"".utf8)
    }

    /// Asks the server for ourselves; its answer is not shown.
    func ask(_ parcel: Parcel) async -> Result<Parcel, RelayTrouble> {
        let exchange = roster.enter(parcel, at: time.now, isOwn: true)
        let outcome = await attempt(exchange, parcel.bytes, mayRepair: false)
        roster.done(exchange)
        if let answer = exchange.answer { return .success(answer) }
        if case .trouble(let trouble) = outcome { return .failure(trouble) }
        return .failure(.cut("it is no answer to the request"))
    }

    /// Asks the server for a page of a list for ourselves; nil if it does not answer.
    ///
    /// It is asked in the revision of `call`, which is why it is asked.
    package func list(_ method: String, _ cursor: Value?, like call: Message) async -> Parcel? {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.raw(nextOwnId())
        writer.key("method")
        writer.string(method)
        writer.key("params")
        writer.beginObject()
        if let cursor {
            writer.key("cursor")
            writer.value(cursor)
        }
        if call.protocolVersion != nil, let meta = call.meta {
            writer.key("_meta")
            writer.value(call.value(meta))
        }
        writer.endObject()
        writer.endObject()
        guard let parcel = try? Parcel(writer.bytes), case .success(let answer) = await ask(parcel)
        else { return nil }
        return answer
    }
}
