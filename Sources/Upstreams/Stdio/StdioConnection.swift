import Aggregator
import Machine
import Wire

/// One run of a child: its conversation, and its orderly end.
final class StdioConnection: Connection {
    private let child: Child
    private let upstream: Configuration.Upstream
    private let tools: Tools
    private let peer: Peer
    private let lines: ChildLines
    private let conversation: LineConversation

    /// A conversation with a child that has just been started.
    init(_ child: Child, _ upstream: Configuration.Upstream, _ tools: Tools) {
        self.child = child
        self.upstream = upstream
        self.tools = tools
        peer = Peer(
            name: upstream.name, transport: ChildPipe(output: child.input), time: tools.time,
            timeouts: upstream.timeouts)
        lines = ChildLines(child.output, name: upstream.name, limit: tools.messageLimit)
        conversation = LineConversation(
            peer: peer, source: lines, limits: Limits(bytes: tools.messageLimit))
    }

    func call(_ call: Call) async throws(Failure) -> Message { try await peer.call(call) }
    func notify(_ draft: Draft) -> Bool { conversation.notify(draft) }
    func sweep(now: ContinuousClock.Instant) { conversation.sweep(now: now) }

    /// Reads until the child ends its output, then sees to it that the child itself ends.
    func run(_ inbox: any Inbox) async -> Failure {
        let end = await lines.interruptible {
            await conversation.run(inbox) { [self] end in await farewell(end) }
        }
        // Never left behind: closed input, SIGTERM, SIGKILL, reaped, in this order and bounded.
        let status = await child.stop(
            closing: upstream.stop.closing, terminating: upstream.stop.terminating)
        tools.log(.debug, "Upstream '\(upstream.name)' \(status).")
        return end
    }

    /// What callers are told: a child that has just died says how, and what it wrote last.
    private func farewell(_ end: Failure) async -> Failure {
        guard !Task.isCancelled, let status = await child.ended(within: .milliseconds(200)) else {
            return end
        }
        let words = child.log.tail.split(separator: "\n").last.map { ": \($0.prefix(300))" } ?? ""
        return Failure(
            .lost, "Upstream '\(upstream.name)' \(status)\(words.isEmpty ? "" : words).",
            upstream: upstream.name, executed: .unknown)
    }
}
