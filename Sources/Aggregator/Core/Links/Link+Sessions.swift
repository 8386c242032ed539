import Synchronization
import Wire

/// A session that the server has forgotten is opened again on the same connection, once for all who
/// find out, and the client's own session goes on (promise 4).
extension Link {
    /// Whether an error is the server's way to say that it does not know us any more.
    ///
    /// Then the request was not executed, and may be sent once more. The check costs something only
    /// if code and wording fit, and what they make likely has to be proved.
    func hasForgotten(_ answer: Message, _ open: Open) async -> Bool {
        guard let code = answer.errorCode else { return false }
        guard !open.isModern else { return await isOutdated(code, open) }
        guard answer.soundsLikeLoss, await isProved(open) else { return false }
        forget(
            open,
            Failure(
                .forgotten, "Upstream '\(name)' has lost its session (\(code)).", upstream: name))
        return true
    }

    /// The same of a request that was sent in a session that is already known to be lost: it may be
    /// answered while that is being opened again.
    func hadForgotten(_ answer: Message, in session: Int) -> Bool {
        state.withLock { $0.lastForgotten == session } && answer.soundsLikeLoss
    }

    /// Whether lists were refused because the server does not know us any more: no call may come that
    /// would find it out.
    func hasForgotten(_ losses: [Failure], _ connection: any Connection) async -> Bool {
        guard !losses.isEmpty, let open = openConnection, open.connection === connection,
            await isProved(open)
        else { return false }
        forget(
            open,
            Failure(
                .forgotten, "Upstream '\(name)' has lost its session (a list was refused).",
                upstream: name))
        return true
    }

    /// Whether a modern server was asked in a way that it does not know, or not any more.
    private func isOutdated(_ code: Int, _ open: Open) async -> Bool {
        switch code {
        case -32022:
            forget(
                open,
                Failure(
                    .forgotten, "Upstream '\(name)' speaks another protocol version (\(code)).",
                    upstream: name))
            return true
        case -32020:
            // What is repeated in headers follows from the list of tools.
            guard open.connection.repeatsArguments, let profile else { return false }
            _ = await list([.tool], from: open.connection, profile)
            return true
        default: return false
        }
    }

    /// Asks for a list: what is refused alike was not refused for its arguments.
    private func isProved(_ open: Open) async -> Bool {
        let (isKnown, profile) = state.withLock { ($0.lastForgotten == open.session, $0.profile) }
        if isKnown { return true }
        guard let profile, let kind = Item.Kind.allCases.first(where: profile.offers) else {
            return false
        }
        do throws(Failure) {
            var call = Call(
                draft: try Request.draft(kind.listMethod), method: kind.listMethod, target: nil,
                caller: nil)
            call.patience = settings.timeouts.start
            let answer = try await open.connection.call(dressed(call, isModern: open.isModern))
            return answer.soundsLikeLoss
        } catch {
            return error.code == .forgotten
        }
    }

    /// Lets the session be opened again, unless that has begun: whoever calls meanwhile waits.
    func forget(_ open: Open, _ reason: Failure) {
        let isNew = state.withLock { state in
            guard state.session == open.session, case .ready(let present) = state.phase,
                present === open.connection
            else { return false }
            state.phase = .starting
            state.forgotten = reason
            state.lastForgotten = open.session
            return true
        }
        guard isNew else { return }
        counters.losses.add(1)
        services.log(.info, "\(reason.message) It is opened again.")
        changed.raise()
        owner.linkChanged(self)
    }

    /// Returns when the session has been forgotten, or the task is cancelled.
    func untilForgotten() async {
        while !Task.isCancelled {
            let version = changed.version
            if state.withLock({ $0.forgotten != nil }) { return }
            await changed.wait(after: version)
        }
    }

    /// The first time it is opened again at once; a server that goes on forgetting is given time.
    func pauseBeforeReopening() async {
        let now = services.time.now
        let fraction = services.random()
        let delay = state.withLock { state -> Duration? in
            guard let last = state.reopenedAt, last.advanced(by: .seconds(10)) > now else {
                state.forgetting.succeeded()
                state.reopenedAt = now
                return nil
            }
            let delay = state.forgetting.failed(fraction: fraction)
            // How long a session lasts counts from its opening, not from the end of the one before.
            state.reopenedAt = now.advanced(by: delay)
            return delay
        }
        if let delay { await services.time.sleep(for: delay) }
    }

    /// Tells the clients something about their upstream through their log.
    func announce(_ text: String) {
        guard
            let draft = try? Request.draft(
                .message, isNotification: true,
                params: { params in
                    params.key("level")
                    params.string(LogLevel.notice.name)
                    params.key("logger")
                    params.string("manifold")
                    params.key("data")
                    params.string(text)
                })
        else { return }
        for client in clients where client.wants(.notice) { client.send(draft) }
    }
}

extension Message {
    fileprivate var errorCode: Int? { error.flatMap { value($0)["code"]?.integer } }

    /// Whether it is an error that may say that a session is not known.
    fileprivate var soundsLikeLoss: Bool {
        guard let error = error.map({ value($0) }) else { return false }
        return SessionLoss.judge(
            status: nil, code: error["code"]?.integer, message: error["message"]?.string) != .none
    }
}
