import Synchronization
import Wire

/// What holds the links for the requests of one principal that bring their own envelope and can be
/// asked the same.
///
/// They have no session to hold them. It outlives each of them, so that upstreams need not be started
/// for every request, and is given up once nobody has come for a while.
final class Visitor: SessionlessClient {
    private struct State {
        var links = LinkSet.none
        var isBusy = 0
        var lastSeen: ContinuousClock.Instant
    }

    let envelope: Envelope
    let openedAt: ContinuousClock.Instant?
    private let time: any Timekeeper
    private let state: Mutex<State>

    /// What tells visitors apart: upstreams with sessions are offered on its behalf what its clients
    /// can be asked.
    struct Key: Hashable {
        let principal: Principal
        let capabilities: ClientCapabilities

        /// The key of whoever brings this envelope.
        init(_ envelope: Envelope) {
            principal = envelope.principal
            capabilities = envelope.capabilities.interactive
        }
    }

    /// A visitor without links, for requests of this kind.
    init(_ key: Key, _ time: any Timekeeper) {
        envelope = Envelope(
            revision: .newestModern, capabilities: key.capabilities, clientName: "",
            principal: key.principal)
        self.time = time
        openedAt = time.now
        state = Mutex(State(lastSeen: time.now))
    }

    var links: LinkSet { state.withLock { $0.links } }
    func hold(_ links: LinkSet) { state.withLock { $0.links = links } }

    /// A request begins.
    func began() { state.withLock { $0.isBusy += 1 } }

    /// A request is over.
    func finished() {
        let now = time.now
        state.withLock { state in
            state.isBusy -= 1
            state.lastSeen = now
        }
    }

    /// Since when nobody has come; nil while somebody is there.
    var idleSince: ContinuousClock.Instant? {
        state.withLock { $0.isBusy > 0 ? nil : $0.lastSeen }
    }

    // Nothing is told to nobody in particular: every request hears what concerns it, and a listen
    // is a client of its own.
    func send(_ aside: Draft) {}
    func announce(_ catalog: Catalog) {}
    func watched(_ uri: [UInt8], of upstream: String) -> [UInt8]? { nil }
    var watches: [[UInt8]: Target] { [:] }
    func watch(_ uri: [UInt8], _ target: Target) -> Bool { false }
    func unwatch(_ uri: [UInt8]) -> Bool { false }

    var name: String { envelope.principal.name }
    var inFlight: Int { state.withLock { $0.isBusy } }
}
