import Synchronization
import Wire

extension Session {
    /// Takes what the client tells and expects no answer to.
    func notification(_ message: Message) {
        // Requests that bring their own envelope can be cancelled without a session.
        if message.method == .cancelled { return cancel(message) }
        guard isOpen else { return }
        guard message.method.mayBeTold else {
            return hub.services.log(
                .debug, "A request of the client has no id, and was dropped: \(message.method.name)"
            )
        }
        switch message.method {
        case .initialized: break
        case .progress: report(message)
        case .rootsChanged:
            for link in links.all where link.envelope.capabilities.roots {
                link.notify(Draft(message))
            }
        default:
            // What nobody here knows may mean something to an upstream (promise 2).
            for link in links.all { link.notify(Draft(message)) }
        }
    }

    /// Stops the one request that the client names, out of band of everything else.
    private func cancel(_ message: Message) {
        guard let extent = message.requestId else { return }
        let id = TokenKey(message.bytes, extent)
        let caller = state.withLock { state -> Caller? in
            guard let entry = state.inFlight[id] else { return nil }
            guard entry.caller.cancelled == nil else { return entry.caller }
            entry.caller.cancelled = Draft(message)
            entry.task?.cancel()
            return entry.caller
        }
        // Unknown ids are answered already, or never were; but an answer may have been a question.
        guard let caller else {
            return hub.parks.cancel(message[extent], on: ObjectIdentifier(self), Draft(message))
        }
        caller.wake()
    }

    /// Progress of the client on a question, for the upstream that asked it.
    private func report(_ message: Message) {
        guard let extent = message.reportedToken,
            let number = Value(message.bytes, extent).integer,
            let origin = questions.withLock({ $0.open[number]?.origin }),
            let token = origin.progressToken
        else { return }
        var draft = Draft(message)
        draft.replace(extent, with: token)
        origin.notify(draft)
    }

    // MARK: End

    /// Waits until every request is answered, at most until `deadline`.
    package func finish(until deadline: ContinuousClock.Instant) async {
        while true {
            let version = progress.version
            let isBusy = state.withLock { state in
                state.isFinishing = true
                return state.isBusy
            }
            guard isBusy else { return }
            guard hub.services.time.now < deadline, !Task.isCancelled else { return }
            await progress.wait(after: version, until: deadline, on: hub.services.time)
        }
    }

    /// Ends the session: what still runs is cancelled and answered with an error, nothing is asked.
    package func close() {
        questions.withLock { $0.isClosed = true }
        reset()
        hub.close(self)
    }

    /// Forgets everything that belongs to one `initialize`.
    func reset() {
        let (callers, watched) = state.withLock { state in
            let running = state.inFlight.entries.map(\.value)
            for entry in running { entry.task?.cancel() }
            defer {
                state.watches = Watches()
                state.level = nil
                state.seen = SeenLists()
            }
            return (running.map(\.caller), state.watches.targets)
        }
        for caller in callers { caller.wake() }
        for resumption in questions.withLock({ $0.takeAll() }) {
            resumption.resume(returning: .withdrawn)
        }
        hub.unwatch(watched, by: self)
    }
}
