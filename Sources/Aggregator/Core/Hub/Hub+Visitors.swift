import Synchronization
package import Wire

extension Hub {
    /// Who holds the links for requests without a session of one principal that can be asked the same.
    func visitor(_ envelope: Envelope) -> Visitor {
        let key = Visitor.Key(envelope)
        let (visitor, isNew, leaving) = state.withLock { state -> (Visitor, Bool, Visitor?) in
            if let known = state.visitors[key] { return (known, false, nil) }
            let leaving = state.makeRoom(for: Self.mostVisitors)
            let new = Visitor(key, services.time)
            state.visitors[key] = new
            return (new, true, leaving)
        }
        if let leaving { close(leaving) }
        if isNew { enter(visitor) }
        return visitor
    }

    /// How many visitors are known at a time, besides those whose requests are under way.
    private static let mostVisitors = 256

    /// Serves one request that brings its own envelope and has a channel of its own.
    ///
    /// Cancelling the task is the client's way to say that it wants no answer.
    package func serve(
        _ message: Message, for principal: Principal, over channel: any Channel
    ) async {
        guard let id = message.id else { return }
        let answer: Answer
        do throws(Failure) {
            let envelope = try Envelope(of: message, principal: principal)
            let visitor = visitor(envelope)
            visitor.began()
            defer { visitor.finished() }
            let caller = Caller(
                outlet: Reply(channel, .enveloped(envelope, pipe: nil)),
                envelope: envelope, links: visitor.links,
                progressToken: message.progressToken.map { Array(message[$0]) })
            answer = await self.answer(enveloped: message, visitor, caller, over: channel)
        } catch {
            answer = Answer(error, to: message.method, for: .newestModern)
        }
        if Task.isCancelled {
            channel.dismiss(id: message[id])
        } else {
            channel.answer(answer, id: message[id])
        }
    }

    /// Answers a request that brings its own envelope (MCP 2026-07-28).
    func answer(
        enveloped message: Message, _ visitor: Visitor, _ caller: Caller, over channel: any Channel
    ) async -> Answer {
        let answer: Answer
        do throws(Failure) {
            answer = try await result(message, visitor, caller, channel)
        } catch {
            answer = Answer(error, to: message.method, for: caller.envelope.revision)
        }
        return Crossing(services.identity).complete(answer, to: message.method)
    }

    private func result(
        _ message: Message, _ visitor: Visitor, _ caller: Caller, _ channel: any Channel
    ) async throws(Failure) -> Answer {
        switch message.method {
        case .discover:
            return .result(
                DiscoverResult(
                    identity: services.identity, instructions: catalog.instructions
                ).json)
        case .listen: return try await listen(message, caller, over: channel)
        case .toolsCall, .promptsGet, .resourcesRead:
            switch try await resumed(message, caller) {
            case .call(let call): return try await pass(call)
            case .park(let name): return try await resume(name, message, caller)
            case nil: break
            }
            if caller.envelope.capabilities.isInteractive {
                return try await ask(message, visitor, caller, over: channel)
            }
            return try await answer(message, from: visitor, caller, routes)
        case .toolsList, .promptsList, .resourcesList, .resourceTemplatesList, .complete, .other:
            return try await answer(message, from: visitor, caller, routes)
        default:
            throw Failure(.methodNotFound, "Method not found: '\(message.method.name)'.")
        }
    }

    /// Gives up what nobody has come for in a while: visitors, and links without a client.
    func giveUpIdle(_ now: ContinuousClock.Instant) {
        let (life, visitors) = state.withLock {
            ($0.configuration.limits.sessionIdle, Array($0.visitors))
        }
        let moment = now.advanced(by: .zero - life)
        for (key, visitor) in visitors {
            guard let since = visitor.idleSince, since <= moment else { continue }
            state.withLock { _ = $0.visitors.removeValue(forKey: key) }
            close(visitor)
        }
        stopLinks(lonelySince: moment)
    }
}

extension Hub.State {
    /// Takes out the visitor that nobody has come as for longest, if there are too many for one more.
    fileprivate mutating func makeRoom(for most: Int) -> Visitor? {
        guard visitors.count >= most else { return nil }
        let idle = visitors.compactMap { key, visitor in visitor.idleSince.map { (key, $0) } }
        return idle.min { $0.1 < $1.1 }.flatMap { visitors.removeValue(forKey: $0.0) }
    }
}
