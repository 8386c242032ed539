import Aggregator
import Wire

/// One conversation with the child behind a bridge.
final class BridgeConnection: Connection {
    private let entry: Entry
    private let tools: Tools
    private let poster: any BridgePoster
    private let wire: BridgeWire
    private let peer: Peer
    private let conversation: LineConversation
    private let farewell: @Sendable (Failure) async -> Void

    /// A conversation in which nothing was said; `farewell` is said at its end, whose
    /// reason it is told.
    init(
        _ entry: Entry, _ tools: Tools, over poster: any BridgePoster,
        farewell: @escaping @Sendable (Failure) async -> Void = { _ in }
    ) {
        self.entry = entry
        self.tools = tools
        self.poster = poster
        self.farewell = farewell
        let wire = BridgeWire(upstream: entry.name, time: tools.time)
        self.wire = wire
        let border = tools.tap?.border(to: entry.name)
        peer = Peer(
            name: entry.name, transport: wire.tapped(at: border), time: tools.time,
            timeouts: { entry.timeouts })
        conversation = LineConversation(
            peer: peer, source: wire.tapped(at: border), limits: Limits(bytes: tools.messageLimit))
    }

    func call(_ call: Call) async throws(Failure) -> Message { try await peer.call(call) }
    var shortcut: Peer? { peer }
    /// An old bridge does not start a child again that a question before the greeting has ended.
    var greetsFirst: Bool { true }
    func notify(_ draft: Draft) -> Bool { conversation.notify(draft) }

    func sweep(now: ContinuousClock.Instant) {
        conversation.sweep(now: now)
        wire.sweep(now: now, patience: entry.timeouts.idle)
    }

    func run(_ inbox: any Inbox) async -> Failure {
        let end = await withTaskGroup(of: Failure?.self, returning: Failure.self) { group in
            group.addImmediateTask { await self.conversation.run(inbox) }
            group.addImmediateTask {
                await self.wire.run(over: self.poster) { [peer = self.peer] id, failure in
                    _ = peer.fail(id: id, failure)
                }
                return nil
            }
            var end: Failure?
            for await case let failure? in group {
                end = failure
                group.cancelAll()
            }
            return end
                ?? Failure(
                    .lost, "Upstream '\(self.entry.name)' was stopped.", upstream: self.entry.name)
        }
        await farewell(end)
        return end
    }
}
