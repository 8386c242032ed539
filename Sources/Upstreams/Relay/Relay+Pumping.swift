import Aggregator
import Machine
import Synchronization
import Wire

/// Servers that answer each request with the next line that they have, whosever it is: bridges to a
/// pipe as mcp-agentcore-server is one.
///
/// A line too many, such as a log message, would make every later answer one late. So for each line
/// that was not the answer one more is fetched (`BridgeFetch`).
extension Relay {
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
        while exchange.isOpen, !Task.isCancelled {
            var next: Parcel?
            if exchange.isQuestioned {
                next = await reply(exchange)
                guard next != nil else {
                    return .trouble(.cut("the client did not answer the server's question"))
                }
            }
            if let trouble = await fetch(next, exchange) { return .trouble(trouble) }
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

    /// Posts a message, or something that means nothing, for the line that comes back.
    private func fetch(_ reply: Parcel?, _ exchange: RelayExchange) async -> RelayTrouble? {
        let bytes = serial.withLock { reply?.bytes ?? $0.fetch.next() }
        guard let parcel = reply ?? (try? Parcel(bytes)) else { return nil }
        let accepted: Accepted
        switch await send(parcel, bytes, as: exchange.side) {
        case .failure(let trouble): return trouble
        case .success(let answer): accepted = answer
        }
        guard let body = try? await accepted.whole(limit: settings.limit) else {
            return .unreadable("it broke off")
        }
        guard let line = try? Parcel(body, limits: Limits(bytes: settings.limit)) else {
            guard reply == nil, exchange.isOpen else { return nil }
            // Who has no line for what wants one is no pipe.
            serial.withLock { $0.isOn = false }
            return .cut("it is no answer to the request")
        }
        await room()
        _ = hear(line, exchange, mayRepair: false)
        return nil
    }
}
