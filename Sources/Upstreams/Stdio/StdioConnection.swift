import Aggregator
import Machine
import Programs
import Wire

/// One run of a child: its conversation, and its orderly end.
final class StdioConnection: Connection {
    private let child: Child
    private let entry: Entry
    private let tools: Tools
    private let peer: Peer
    private let lines: ChildLines
    private let conversation: LineConversation

    /// A conversation with a child that has just been started.
    init(_ child: Child, _ entry: Entry, _ tools: Tools) {
        self.child = child
        self.entry = entry
        self.tools = tools
        let border = tools.tap?.border(to: entry.name)
        peer = Peer(
            name: entry.name, transport: ChildPipe(child.input).tapped(at: border),
            time: tools.time, timeouts: { entry.timeouts })
        lines = ChildLines(child.output, name: entry.name, limit: tools.messageLimit)
        conversation = LineConversation(
            peer: peer, source: lines.tapped(at: border), limits: Limits(bytes: tools.messageLimit))
    }

    func call(_ call: Call) async throws(Failure) -> Message { try await peer.call(call) }
    var shortcut: Peer? { peer }
    func notify(_ draft: Draft) -> Bool { conversation.notify(draft) }
    func sweep(now: ContinuousClock.Instant) { conversation.sweep(now: now) }

    /// Reads until the child ends its output, then sees to it that the child itself ends.
    func run(_ inbox: any Inbox) async -> Failure {
        let end = await lines.interruptible {
            await conversation.run(inbox) { [self] end in await farewell(end) }
        }
        // Never left behind: closed input, SIGTERM, SIGKILL, reaped, in this order and bounded.
        let stop = entry.now.stop
        let status = await child.stop(closing: stop.closing, terminating: stop.terminating)
        tools.log(.debug, "Upstream '\(entry.name)' \(status).")
        return end
    }

    /// What callers are told: a child that has just died says how.
    ///
    /// What it wrote last may be a secret, so only the log and the trail have it, and callers are told
    /// where to look.
    private func farewell(_ end: Failure) async -> Failure {
        guard !Task.isCancelled, let status = await child.ended(within: .milliseconds(200)) else {
            return end
        }
        let sentence = "Upstream '\(entry.name)' \(status)."
        var clue: String?
        if let words = child.log.tail.split(separator: "\n").last {
            tools.log(.warning, "\(sentence) Its last words: \(words.prefix(300))")
            clue = tools.lastWords.map { "Its last words are in \($0)." }
        }
        return Failure(.lost, sentence, upstream: entry.name, clue: clue)
    }
}
