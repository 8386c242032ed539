import Synchronization
package import Wire

extension Link {
    /// Sends a request to the upstream, waiting for it to be connected if need be.
    ///
    /// A call is sent a second time only if the first was provably not executed (promise 1).
    @inline(__always)
    package func call(_ call: Call) async throws(Failure) -> Message {
        if !call.isContinued { counters.calls.add(1) }
        var isDirect = false
        do throws(Failure) {
            // Nearly every call goes straight to a child that is there.
            let (peer, session) = state.withLock { ($0.shortcut, $0.session) }
            guard let peer, call.draft.message.protocolVersion == nil else {
                return try await callWhenReady(call)
            }
            isDirect = true
            let answer = try await peer.call(call)
            if answer.kind == .error { return try await reconsider(answer, call, session) }
            didWork()
            return answer
        } catch {
            return try await recover(from: error, call, wasDirect: isDirect)
        }
    }

    /// An error that may say that the session is not known any more, in which the call was sent.
    @inline(never)
    private func reconsider(
        _ answer: Message, _ call: Call, _ session: Int
    ) async throws(Failure) -> Message {
        var isForgotten = hadForgotten(answer, in: session)
        if !isForgotten, let connection = openConnection?.connection {
            let open = Open(connection: connection, isModern: false, session: session)
            isForgotten = await hasForgotten(answer, open)
        }
        guard isForgotten else {
            didWork()
            return answer
        }
        return try await callWhenReady(call, mayRepeat: false)
    }

    /// Sends a request that failed on the direct way once more if it was provably not executed; the
    /// other way has tried all that there is to try.
    @inline(never)
    private func recover(
        from first: Failure, _ call: Call, wasDirect: Bool
    ) async throws(Failure) -> Message {
        var failure = first
        if wasDirect, Self.wasNotTaken(first) {
            // The connection is closed, so that nobody else need try it while it is cleared away.
            if let open = openConnection?.connection, open.shortcut?.end != nil { abandon(open) }
            do throws(Failure) { return try await callWhenReady(call) } catch { failure = error }
        }
        let counter = failure.code == .cancelled ? counters.cancelled : counters.failures
        counter.add(1)
        throw failure
    }

    /// How often a call is made again that did not even reach its server.
    private static let mostTries = 3

    /// Whether not one byte of it was taken, so that the next connection may have it.
    ///
    /// If there is none, `ready` says so.
    private static func wasNotTaken(_ failure: Failure) -> Bool {
        failure.code == .lost && failure.executed == .no
    }

    /// The way of every call that needs more: a connection that is not there yet, another form for
    /// another era, a session that is opened again.
    ///
    /// `mayRepeat` is false when it was refused once already by a server that has lost its session.
    @inline(never)
    private func callWhenReady(
        _ call: Call, mayRepeat: Bool = true
    ) async throws(Failure) -> Message {
        var mayRepeat = mayRepeat
        var tries = 0
        while true {
            let open = if let open = openConnection { open } else { try await ready() }
            do throws(Failure) {
                let answer =
                    if open.isModern, call.method.isSubscription {
                        try await rewatch(call)
                    } else {
                        try await open.connection.call(dressed(call, isModern: open.isModern))
                    }
                if answer.kind == .error, mayRepeat, await hasForgotten(answer, open) {
                    mayRepeat = false
                    continue
                }
                didWork()
                return answer
            } catch {
                if error.code == .forgotten {
                    forget(open, error)
                    guard mayRepeat else { throw error }
                    mayRepeat = false
                    continue
                }
                guard Self.wasNotTaken(error) else { throw error }
                guard !open.connection.keepsEra else {
                    abandon(open.connection)
                    continue
                }
                // Every request has a connection of its own: the next may get through, and the
                // conversation ends by itself if none does.
                tries += 1
                guard tries <= Self.mostTries, !Task.isCancelled else { throw error }
                await services.time.sleep(for: .milliseconds(100) * tries)
            }
        }
    }

    /// Sends a notification if the upstream is connected; one that is not has nothing to be told.
    package func notify(_ draft: Draft) {
        guard let open = openConnection else { return }
        // Of what clients with sessions tell, a modern server knows nothing (MCP 2026-07-28).
        if open.isModern, draft.message.method != .other { return }
        let isPlain = !open.isModern && draft.message.protocolVersion == nil
        let draft = isPlain ? draft : dressed(draft, isModern: open.isModern, caller: nil)
        if !open.connection.notify(draft) {
            services.log(
                .debug,
                "Upstream '\(name)' reads too slowly: a notification was dropped.")
        }
    }

    /// Fails calls that have been silent for too long.
    package func sweep(now: ContinuousClock.Instant) {
        guard let connection = state.withLock({ $0.connection }) else { return }
        connection.sweep(now: now)
    }

    /// A connection whose handshake is done.
    struct Open {
        let connection: any Connection
        /// Whether its requests bring their own envelope.
        let isModern: Bool
        /// Which of the link's sessions it is.
        let session: Int
    }

    /// The connection, if its handshake is done.
    var openConnection: Open? {
        state.withLock { state in
            state.connected.map {
                Open(connection: $0, isModern: state.isModern, session: state.session)
            }
        }
    }

    /// The connection once its handshake is done; waits for a try under way, or one more.
    private func ready() async throws(Failure) -> Open {
        wake()
        let tries = state.withLock { $0.failedTries }
        while true {
            let version = changed.version
            let (phase, failedTries) = state.withLock { ($0.phase, $0.failedTries) }
            switch phase {
            case .ready:
                if let open = openConnection { return open }
                continue
            case .ended:
                throw Failure(
                    .unavailable, "Upstream '\(name)' is not in service any more.", upstream: name)
            case .broken(let until, let failure): throw unavailable(failure, until)
            case .resting(let until, let failure):
                if failedTries > tries { throw unavailable(failure, until) }
            case .idle, .starting: break
            }
            if Task.isCancelled {
                throw Failure(.cancelled, "The call was cancelled.", upstream: name)
            }
            await changed.wait(after: version)
        }
    }

    /// Why the upstream cannot be called at the moment; nil if it can, or is about to be.
    var outage: Failure? {
        switch state.withLock({ $0.phase }) {
        case .resting(let until, let failure), .broken(let until, let failure):
            unavailable(failure, until)
        case .idle, .starting, .ready, .ended: nil
        }
    }

    /// Why the latest try that failed or connection that was lost ended.
    package var lastFailure: Failure? { state.withLock { $0.lastFailure } }

    /// Why this upstream's items of a kind are not known, although it is there.
    func listProblem(_ kind: Item.Kind) -> Failure? {
        guard let problem = state.withLock({ $0.listing.problems[kind] }) else { return nil }
        return Failure(
            .unavailable, "Upstream '\(name)' could not list its \(kind.plural): \(problem)",
            upstream: name, executed: .no)
    }

    private func unavailable(_ failure: Failure, _ until: ContinuousClock.Instant) -> Failure {
        let wait = max(.zero, services.time.now.duration(to: until))
        let next = services.triesAgain ? "The next try is in \(wait.described)." : nil
        let advice = [failure.advice, next].compactMap(\.self).joined(separator: " ")
        return Failure(
            .unavailable, failure.reason, advice: advice.isEmpty ? nil : advice,
            upstream: name, executed: .no, clue: failure.clue)
    }
}

extension Link.State {
    /// The connection that is open at the moment, even during its handshake.
    var connection: (any Connection)? {
        connected ?? opening
    }
}

extension Method {
    /// Whether it starts or ends the watching of a resource.
    fileprivate var isSubscription: Bool {
        self == .resourcesSubscribe || self == .resourcesUnsubscribe
    }
}
