import Synchronization
package import Wire

extension Link: Inbox {
    package func ended() { leave() }

    package func noise(_ reason: String) {
        counters.skippedLines.add(1)
        state.withLock { $0.lastNoise = reason }
        services.log(.warning, "Upstream '\(name)': a line was skipped: \(reason)")
    }

    package func aside(_ message: Message, caller: Caller?) async {
        guard message.method.mayBeTold else {
            return noise("'\(message.method.name)' is a request, and has no id")
        }
        guard let message = await owner.heard(message, by: self, for: caller) else { return }
        switch message.method {
        case .progress: await progress(message, caller)
        case .message: await log(message, caller)
        case .toolsChanged: becameStale([.tool])
        case .promptsChanged: becameStale([.prompt])
        case .resourcesChanged: becameStale([.resource, .template])
        case .resourceUpdated: await updated(message)
        case .acknowledged: acknowledged(message)
        case .elicitationComplete: await tell(clients, completed(message), level: nil)
        default: await tell(clients, Draft(message), level: nil)
        }
    }

    /// A report on a call, with the token that its client gave.
    private func progress(_ message: Message, _ caller: Caller?) async {
        guard let caller, let token = caller.progressToken, let extent = message.reportedToken
        else {
            return
        }
        if speaksModern, !isNews(message, to: caller) { return }
        var draft = Draft(message)
        draft.replace(extent, with: token)
        caller.outlet.send(draft)
        if caller.outlet.isCongested { await caller.outlet.drained() }
    }

    /// Whether a client has not been told more already, in an earlier round of its call.
    private func isNews(_ message: Message, to caller: Caller) -> Bool {
        guard !caller.envelope.revision.isModern,
            let progress = message.params.flatMap({ message.value($0)["progress"]?.number })
        else { return true }
        return caller.hears(of: progress)
    }

    /// A log line: for the client that it was said about where that is known, else for everybody.
    private func log(_ message: Message, _ caller: Caller?) async {
        guard let outlet = caller?.outlet else {
            // A modern server says only what was asked for with a request, and to its asker.
            guard !speaksModern else { return }
            return await tell(clients, labelled(message), level: severity(message))
        }
        guard severity(message).map(outlet.wants) ?? true else { return }
        outlet.send(labelled(message))
        if outlet.isCongested { await outlet.drained() }
    }

    /// The one client whose calls are under way: a log line may hold what is nobody else's business.
    ///
    /// Nil where it could be meant for several; then a modern server's line is for nobody, and that of
    /// another one for everybody.
    package func hearer(among callers: () -> [Caller]) -> Caller? {
        let callers = callers()
        guard speaksModern else {
            guard Set(callers.map(\.outlet.client)).count == 1 else { return nil }
            // Requests on one pipe may each want to hear something else.
            return callers.min { isLouder($0, than: $1) }
        }
        let asking = callers.filter { wantedLevel($0) != nil }
        guard let first = asking.first else { return nil }
        if asking.count == 1 { return first }
        // Requests without a session may be anybody's.
        let isNewer = first.envelope.revision.isModern
        return !isNewer && Set(asking.map(\.outlet.client)).count == 1 ? first : nil
    }

    private func isLouder(_ caller: Caller, than other: Caller) -> Bool {
        guard let level = wantedLevel(caller) else { return false }
        return wantedLevel(other).map { level < $0 } ?? true
    }

    private func updated(_ message: Message) async {
        guard let extent = message.uri,
            let original = Value(message.bytes, extent).text
        else { return }
        for client in clients {
            guard let known = client.watched(original, of: name) else { continue }
            var draft = Draft(message)
            if known != original { draft.replace(extent, with: JSONWriter.quoted(utf8: known)) }
            subscribe(client, &draft)
            client.send(draft)
            if client.isCongested { await client.drained() }
        }
    }

    /// Says which request of the client it is told by; that of ours upstream is nobody else's business.
    private func subscribe(_ client: any LinkClient, _ draft: inout Draft) {
        let message = draft.message
        if let meta = message.meta, message.value(meta).kind == .object {
            guard let id = client.subscription else {
                return draft.remove(member: EnvelopeKey.subscription, of: meta)
            }
            draft.set(member: EnvelopeKey.subscription, of: meta, to: id)
        } else if let id = client.subscription, let params = message.params {
            draft.set(member: "_meta", of: params, to: Self.meta(subscription: id))
        }
    }

    private static func meta(subscription id: [UInt8]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(EnvelopeKey.subscription)
        writer.raw(id)
        writer.endObject()
        return writer.bytes
    }

    /// Tells those who watch a resource that it may have changed.
    func updated(_ original: [UInt8]) async {
        for client in clients {
            guard let known = client.watched(original, of: name) else { continue }
            let draft = try? Request.draft(.resourceUpdated, isNotification: true) { params in
                if let id = client.subscription {
                    params.key("_meta")
                    params.raw(Self.meta(subscription: id))
                }
                params.key("uri")
                params.string(String(decoding: known, as: UTF8.self))
            }
            if let draft { await tell([client], draft, level: nil) }
        }
    }

    private func tell(_ clients: [any LinkClient], _ draft: Draft, level: LogLevel?) async {
        for client in clients {
            if let level, !client.wants(level) { continue }
            client.send(draft)
            if client.isCongested { await client.drained() }
        }
    }

    private func severity(_ message: Message) -> LogLevel? {
        guard let params = message.params else { return nil }
        return Value(message.bytes, params)["level"]?.string.flatMap(LogLevel.init(name:))
    }

    /// Says which upstream a log line is from, in its `logger`.
    private func labelled(_ message: Message) -> Draft {
        var draft = Draft(message)
        guard let params = message.params else { return draft }
        let value = Value(message.bytes, params)
        if let logger = value["logger"], let text = logger.string {
            draft.replace(logger.extent, with: JSONWriter.quoted("\(name)/\(text)"))
        } else {
            draft.set(member: "logger", of: params, to: JSONWriter.quoted(name))
        }
        return draft
    }

    private func completed(_ message: Message) -> Draft {
        var draft = Draft(message)
        guard let params = message.params,
            let id = Value(message.bytes, params)["elicitationId"], let text = id.string
        else { return draft }
        draft.replace(id.extent, with: JSONWriter.quoted(elicitation(text)))
        return draft
    }

    /// Elicitation ids of different upstreams must not meet: each carries its upstream's name.
    func elicitation(_ id: String) -> String { "\(name)/\(id)" }
}
