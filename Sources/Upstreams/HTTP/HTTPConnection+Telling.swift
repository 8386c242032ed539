import Aggregator
import Synchronization
import Wire

/// What clients are told when a server takes its time, so that a cold start does not look like a fault.
extension HTTPConnection {
    /// Says of a handshake that is not answered yet that a machine is being started.
    func explainColdStart(_ exchange: Exchange, at now: Duration) {
        guard let patience = route.manners.coldStart, exchange.isOpening,
            exchange.start + patience <= now, exchange.outcome == nil, exchange.explains()
        else { return }
        say(
            "Upstream '\(name)' is starting from cold, which may take up to 2 min. It is waited for.",
            to: exchange.call.caller)
    }

    /// Says why a call is made again after a pause.
    func explainPause(_ exchange: Exchange, _ failure: Failure) {
        guard route.manners.coldStart != nil, exchange.explains() else { return }
        say("\(failure.account) It is tried again.", to: exchange.call.caller)
    }

    private func say(_ text: String, to caller: Caller?) {
        tools.log(.info, text)
        let draft = try? Request.draft(.message, isNotification: true) { params in
            params.key("level")
            params.string(LogLevel.notice.name)
            params.key("data")
            params.string(text)
        }
        guard let draft, let inbox = state.withLock({ $0.inbox }) else { return }
        nursery.start { await inbox.aside(draft.message, caller: caller) }
    }
}
