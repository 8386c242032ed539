import Aggregator
import Machine
import Synchronization
import Wire

/// Servers that answer each request with the next line that they have, whosever it is: bridges to a
/// pipe as mcp-agentcore-server is one.
///
/// A line too many, such as a log message, would make every later answer one late. So for each line
/// that was not the answer one more is fetched, with a question whose answer nobody misses.
extension Relay {
    /// The first and the longest pause between two questions of our own.
    private static let pauses = (first: Duration.milliseconds(2), most: Duration.milliseconds(250))

    /// Fetches lines until the answer has come; others are printed as they come.
    func pump(_ exchange: RelayExchange) async -> Outcome {
        // Our own questions about the session are asked while somebody has the line.
        let hadLine = serial.withLock { serial in
            let hadLine = serial.isOn
            serial.isOn = true
            return hadLine
        }
        guard hadLine else { return await line.take { await pumpOn(exchange) } }
        return await pumpOn(exchange)
    }

    private func pumpOn(_ exchange: RelayExchange) async -> Outcome {
        let deadline = time.now.advanced(by: settings.deadlines.firstByte)
        var pause = Self.pauses.first
        while exchange.isOpen, !Task.isCancelled {
            if exchange.isQuestioned {
                guard let reply = await reply(exchange) else {
                    return .trouble(.cut("the client did not answer the server's question"))
                }
                if let trouble = await fetch(reply, exchange) { return .trouble(trouble) }
                pause = Self.pauses.first
                continue
            }
            guard time.now < deadline else {
                return .trouble(
                    .cut("other lines came for \(settings.deadlines.firstByte.described)"))
            }
            await time.sleep(for: pause)
            pause = min(pause * 2, Self.pauses.most)
            if let trouble = await fetch(ping(), exchange) { return .trouble(trouble) }
        }
        return .over
    }

    /// The client's word to a question of the server; nil when none will come.
    private func reply(_ exchange: RelayExchange) async -> Parcel? {
        while !Task.isCancelled {
            let version = exchange.changed.version
            if let reply = exchange.nextReply() { return reply }
            if roster.hasEnded || !exchange.isOpen { return nil }
            await exchange.changed.wait(after: version)
        }
        return nil
    }

    /// Posts a message for the line that comes back.
    private func fetch(_ parcel: Parcel, _ exchange: RelayExchange) async -> RelayTrouble? {
        let accepted: Accepted
        switch await send(parcel, parcel.bytes, as: exchange.side) {
        case .failure(let trouble): return trouble
        case .success(let answer): accepted = answer
        }
        guard let body = try? await accepted.response.whole(limit: settings.limit) else {
            return .unreadable("it broke off")
        }
        guard let line = try? Parcel(body, limits: Limits(bytes: settings.limit)) else {
            return nil
        }
        await room()
        _ = hear(line, exchange, mayRepair: false)
        return nil
    }

    private func ping() -> Parcel {
        let id = String(decoding: nextOwnId(), as: UTF8.self)
        let text = #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#
        guard let parcel = try? Parcel(Array(text.utf8)) else {
            preconditionFailure("A ping is JSON.")
        }
        return parcel
    }
}
