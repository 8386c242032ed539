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
            exchange.side.session.withLock({ $0.mayReopen(at: time.now) })
        else { return false }
        return !Self.isAboutArguments(error.message, error.data)
    }

    /// Whether a refusal is for the session.
    func mayHaveLost(_ refusal: RelayRefusal, _ exchange: RelayExchange) -> Bool {
        exchange.parcel.kind == .request && exchange.parcel.method != .initialize
            && !exchange.isOwn && refusal.isLostSession
            && exchange.side.session.withLock { $0.mayReopen(at: time.now) }
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

    /// Greets the server again on a side, unless somebody else has done so since `generation`; whether
    /// it knows us now.
    func reopen(_ side: RelaySide, from generation: Int, status: Int?) async -> Bool {
        await side.repair.take {
            if Task.isCancelled { return false }
            let state = side.session.withLock { $0 }
            if state.generation != generation { return true }
            guard state.greeting != nil else { return false }
            say(.replaying(status: status))
            if status != nil { side.session.withLock { $0.forget() } }
            if let trouble = await greet(side) {
                say(.replayFailed(trouble))
                return false
            }
            side.session.withLock { $0.reopened() }
            return true
        }
    }

    /// Opens the session of a side that the client does not greet itself, for the first message that
    /// needs it; what went wrong, if anything.
    ///
    /// The newest revision has no sessions, and a server that was never greeted is asked as it is.
    func open(_ side: RelaySide, for parcel: Parcel) async -> RelayTrouble? {
        guard parcel.message?.protocolVersion == nil else { return nil }
        return await side.repair.take {
            let client = main.session.withLock { $0 }
            guard !Task.isCancelled, let greeting = client.greeting?.withoutAbilities else {
                return nil
            }
            guard side.session.withLock({ $0.generation }) == 0 else {
                await tell(side, client.level)
                return nil
            }
            side.session.withLock { session in
                session.note(greeting)
                if let level = client.level { session.note(level) }
            }
            if let trouble = await greet(side) { return trouble }
            side.session.withLock { $0.reopened() }
            return nil
        }
    }

    /// Tells a side that is open which log level the client wishes for now, if it does not know.
    private func tell(_ side: RelaySide, _ level: Parcel?) async {
        guard let level, side.session.withLock({ $0.level?.bytes }) != level.bytes else { return }
        side.session.withLock { $0.note(level) }
        await wish(level, of: side)
    }

    /// Says the whole greeting, and what the client has wished for since; shows nothing of it.
    private func greet(_ side: RelaySide) async -> RelayTrouble? {
        let (greeting, wishes) = side.session.withLock { ($0.greeting, $0.wishes) }
        guard let greeting = greeting.flatMap(ours) else { return nil }
        switch await ask(greeting, as: side) {
        case .failure(let trouble): return trouble
        case .success(let answer):
            if let error = answer.error { return .unreadable("\(error.message) (\(error.code))") }
        }
        let initialized = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
        guard let end = try? Parcel(Array(initialized.utf8)) else { return nil }
        if case .success(let accepted) = await send(end, end.bytes, as: side) {
            _ = try? await accepted.whole(limit: 1 << 20)
        }
        for wish in wishes { await self.wish(wish, of: side) }
        if side === main { greeted.raise() }
        return nil
    }

    /// Says a wish of the client's again.
    private func wish(_ wish: Parcel, of side: RelaySide) async {
        guard let wish = ours(wish) else { return }
        if case .failure = await ask(wish, as: side) {
            say(.remark("\(wish.method.name) could not be said again."))
        }
    }

    /// The same request under an id of ours.
    private func ours(_ parcel: Parcel) -> Parcel? {
        guard let message = parcel.message, let extent = message.id else { return nil }
        let bytes = Draft(message, replacing: extent, with: nextOwnId()).bytes
        return try? Parcel(bytes, limits: Limits(bytes: settings.limit))
    }

    /// An id that no client uses.
    func nextOwnId() -> [UInt8] {
        let number = serial.withLock { serial in
            serial.requests += 1
            return serial.requests
        }
        return Array("\"manifold-relay-\(number)\"".utf8)
    }

    /// Asks the server for ourselves; its answer is not shown.
    func ask(_ parcel: Parcel, as side: RelaySide) async -> Result<Parcel, RelayTrouble> {
        let exchange = roster.enter(parcel, at: time.now, as: side, isOwn: true)
        let body = filter?.own(parcel, as: side.name) ?? parcel.bytes
        let outcome = await attempt(exchange, body, mayRepair: false)
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
        guard let parcel = try? Parcel(writer.bytes),
            case .success(let answer) = await ask(parcel, as: main)
        else { return nil }
        return answer
    }
}

extension Parcel {
    /// A greeting of somebody who can do nothing: what is asked besides would be asked twice.
    fileprivate var withoutAbilities: Parcel {
        guard let message, let extent = message.params,
            let abilities = message.value(extent)["capabilities"]
        else { return self }
        let bytes = Draft(message, replacing: abilities.extent, with: Array("{}".utf8)).bytes
        return (try? Parcel(bytes, limits: Limits(bytes: bytes.count))) ?? self
    }
}
