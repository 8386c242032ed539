import Synchronization
import Wire

/// What a modern server announces, it announces on one open request: which lists have changed, and
/// which of the resources that somebody watches.
extension Link {
    /// Keeps one such request open, for what is watched at the time, until the task is cancelled.
    ///
    /// A new one has to be acknowledged before the old one ends, so that nothing is missed between
    /// them. When one ends by itself, whatever was announced meanwhile was missed.
    func keepListening(_ connection: any Connection, _ profile: ServerProfile) async {
        state.withLock { $0.listen = nil }
        await withDiscardingTaskGroup { group in
            var backoff = Backoff()
            var hasMissed = true
            var since = services.time.now
            while !Task.isCancelled {
                let version = listening.version
                let (present, wanted) = state.withLock { ($0.listen, Set($0.watched.keys)) }
                if let present, present.isOver {
                    // Without the method there is nothing to try again.
                    guard present.refusal == nil else { return }
                    if since.advanced(by: .seconds(10)) <= services.time.now { backoff.succeeded() }
                    let delay = backoff.failed(fraction: services.random())
                    await services.time.sleep(for: max(.milliseconds(100), delay))
                    hasMissed = true
                } else if present.map({ $0.uris == wanted }) ?? !profile.announces(wanted) {
                    await listening.wait(after: version)
                    continue
                }
                guard !Task.isCancelled else { return }
                let next = Listen(wanted)
                state.withLock { $0.listen = next }
                since = services.time.now
                group.addImmediateTask { await self.run(next, on: connection, profile) }
                await settle(next)
                present?.cancel()
                guard hasMissed, next.isAcknowledged else { continue }
                await catchUp(wanted, profile, isAgain: present != nil)
                hasMissed = false
            }
        }
    }

    private func run(
        _ listen: Listen, on connection: any Connection, _ profile: ServerProfile
    ) async {
        listen.began()
        var refusal: Failure?
        do throws(Failure) {
            let call = dressed(try listen.call(profile), isModern: true)
            let answer = try await connection.call(call)
            if let error = answer.error, answer.value(error)["code"]?.integer == -32601 {
                refusal = Failure(
                    .methodNotFound, "Upstream '\(name)' announces no changes of resources.",
                    upstream: name)
            }
        } catch {
            // The connection is gone, or the request is not wanted any more.
        }
        listen.ended(refusal)
        listening.raise()
    }

    /// Waits until the server has said what it will announce, but not for ever.
    private func settle(_ listen: Listen) async {
        let deadline = services.time.now.advanced(by: .seconds(5))
        while !Task.isCancelled, services.time.now < deadline {
            let version = listening.version
            if listen.isSettled { return }
            await listening.wait(after: version, until: deadline, on: services.time)
        }
    }

    /// What may have changed while nobody listened.
    private func catchUp(
        _ watched: Set<[UInt8]>, _ profile: ServerProfile, isAgain: Bool
    ) async {
        if isAgain { becameStale(Set(Item.Kind.allCases.filter(profile.offers))) }
        for uri in watched { await updated(uri) }
    }

    /// Notes what the server says it will announce.
    ///
    /// One request at a time waits for that, so that it needs no look at whose it is.
    func acknowledged(_ message: Message) {
        if state.withLock({ $0.listen })?.acknowledge(message) == true { listening.raise() }
    }

    /// Does what a request to watch a resource, or to stop, asks for: listens for something else.
    ///
    /// Who starts is told whether the server agrees, if it says so soon.
    func rewatch(_ call: Call) async throws(Failure) -> Message {
        listening.raise()
        if call.method == .resourcesSubscribe, let uri = call.target?.original {
            let deadline = services.time.now.advanced(by: .seconds(2))
            while !Task.isCancelled, services.time.now < deadline {
                let version = listening.version
                if try isListening(for: uri) { break }
                await listening.wait(after: version, until: deadline, on: services.time)
            }
        }
        do {
            return try Message(scanning: Array(#"{"jsonrpc":"2.0","id":0,"result":{}}"#.utf8))
        } catch {
            throw Failure(.malformed, error.reason, upstream: name)
        }
    }

    private func isListening(for uri: [UInt8]) throws(Failure) -> Bool {
        guard let listen = state.withLock({ $0.listen }) else { return false }
        if let refusal = listen.refusal { throw refusal }
        guard listen.isAcknowledged, listen.uris.contains(uri) else { return false }
        guard listen.honours(uri) else {
            throw Failure(
                .invalidParams, "Upstream '\(name)' does not announce changes of this resource.",
                upstream: name)
        }
        return true
    }
}

extension ServerProfile {
    /// Whether there is anything that the server may announce.
    fileprivate func announces(_ uris: Set<[UInt8]>) -> Bool {
        tools || prompts || resources || !uris.isEmpty
    }
}
