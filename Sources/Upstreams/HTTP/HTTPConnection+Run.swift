import Aggregator
import Machine
import Synchronization
import Wire

extension HTTPConnection {
    func run(_ inbox: any Inbox) async -> Failure {
        state.withLock { $0.inbox = inbox }
        let reason = await withTaskGroup(of: Void.self, returning: Failure.self) { group in
            group.addImmediateTask { await self.nursery.run() }
            let reason = await untilOver()
            inbox.ended()
            close(reason)
            group.cancelAll()
            return reason
        }
        state.withLock { $0.inbox = nil }
        await farewell()
        return reason
    }

    /// Waits for the end, which may have been decided on or is the task's.
    private func untilOver() async -> Failure {
        while !Task.isCancelled {
            let version = changed.version
            if let over = state.withLock({ $0.over }) { return over }
            await changed.wait(after: version)
        }
        return Failure(
            .lost, "Upstream '\(name)' was stopped or is being replaced.", upstream: name)
    }

    /// Ends the conversation for a reason; the first one counts.
    func end(_ reason: Failure) {
        state.withLock { $0.over = $0.over ?? reason }
        changed.raise()
    }

    /// Fails every call that waits, and every later one.
    private func close(_ reason: Failure) {
        let exchanges = state.withLock { state in
            state.over = Failure(
                reason.code, reason.reason, advice: reason.advice, upstream: name)
            return Array(state.exchanges.values)
        }
        for exchange in exchanges {
            let failure = Failure(
                reason.code, reason.reason, advice: reason.advice, upstream: name,
                executed: .unknown)
            exchange.settle(.failure(failure))
        }
    }

    /// Ends the session, so that the server need not keep it; its answer does not matter.
    private func farewell() async {
        guard mailbox == nil, var request = route.manners.farewell(route, context) else { return }
        do throws(Failure) { try await route.authorize(&request) } catch { return }
        await route.client.farewell(request, within: .seconds(1))
    }

    // MARK: Being reachable

    /// Notes that the server was reached, or was not; one that is not time and again is lost.
    func reached(_ failure: MachineFailure?) {
        route.milestones.reached(failure)
        guard let failure else { return state.withLock { $0.unreachable = 0 } }
        guard failure.delivery == .notSent, failure.isAboutServer else { return }
        let isLost = state.withLock { state in
            state.unreachable += 1
            return state.unreachable >= Self.mostUnreachable
        }
        if isLost { end(faults.broken(failure)) }
    }
}

extension MachineFailure {
    /// Whether the next request would fare no better; others could not be made, or not at the moment.
    fileprivate var isAboutServer: Bool {
        switch code {
        case .unreachable, .untrusted, .timedOut, .closed: true
        case .missing, .denied, .occupied, .cancelled, .tooLarge, .unusable, .system: false
        }
    }
}
