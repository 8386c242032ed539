package import Aggregator
package import Wire

/// One conversation of a scripted server, from connection to death.
///
/// `@unchecked Sendable`: driven by one test on one thread, as its server is.
package final class ScriptedConnection: Connection, @unchecked Sendable {
    package unowned let server: ScriptedServer
    package let number: Int
    package let transport = MemoryTransport()
    package let source = LineQueue()
    package let peer: Peer
    private let conversation: LineConversation
    private let incoming = LineQueue()
    /// The error with which everything but a greeting is refused, once the server has forgotten us.
    package var oblivion: (code: Int, message: String)?
    /// Requests that were not answered yet, by their id.
    package var unanswered: [String: Received] = [:]
    /// Whether the server side has gone.
    package private(set) var isDead = false
    /// Whether `run` has returned.
    package private(set) var hasEnded = false
    /// Returning from `run` waits for this door, as ending a child takes time.
    package var farewell: Latch?

    init(_ server: ScriptedServer, number: Int) {
        self.server = server
        self.number = number
        peer = Peer(
            name: server.name, transport: transport, time: server.time,
            timeouts: { [unowned server] in server.timeouts })
        conversation = LineConversation(peer: peer, source: source, limits: .standard)
    }

    package func run(_ inbox: any Inbox) async -> Failure {
        let end = await conversation.run(inbox)
        await farewell?.wait()
        hasEnded = true
        return end
    }

    package func call(_ call: Call) async throws(Failure) -> Message {
        try obstruct(call.method.name)
        return try await conversation.call(call)
    }

    private func obstruct(_ method: String) throws(Failure) {
        if let index = server.cutOff.firstIndex(of: method) {
            server.cutOff.remove(at: index)
            throw Failure(
                .lost, "Upstream '\(server.name)' did not answer to the end.",
                upstream: server.name, executed: .unknown)
        }
        if let index = server.unreached.firstIndex(of: method) {
            server.unreached.remove(at: index)
            throw Failure(
                .lost, "Upstream '\(server.name)' cannot be reached.", upstream: server.name)
        }
    }

    package var keepsEra: Bool { server.keepsEra }

    package var repeatsArguments: Bool { server.repeatsArguments }

    package var shortcut: Peer? { server.keepsEra ? peer : nil }

    package func notify(_ draft: Draft) -> Bool { conversation.notify(draft) }

    package func sweep(now: ContinuousClock.Instant) { conversation.sweep(now: now) }

    // MARK: The server's side

    /// Takes what was sent to the server and lets it react; whether there was anything.
    package func deliver() -> Bool {
        let bytes = transport.flush()
        guard !bytes.isEmpty else { return false }
        // A dead server's pipe takes bytes that nobody reads.
        guard !isDead else { return true }
        incoming.push(bytes)
        incoming.take { line in
            guard case .complete(let bytes) = line, let message = try? Message(scanning: bytes)
            else { preconditionFailure("The product sent a line that is no message.") }
            receive(Received(message, on: number))
        }
        return true
    }

    private func receive(_ message: Received) {
        if message.method == "server/discover" { server.probes += 1 }
        let isProbe = message.method == "server/discover" && !server.isModern
        if !isProbe { server.received.append(message) }
        if message.message.kind == .request { unanswered[message.id] = message }
        if message.method == "notifications/cancelled", server.isModern {
            unanswered[message.token(message.message.requestId)] = nil
        }
        if message.method == "initialize" { oblivion = nil }
        if let oblivion, message.message.kind == .request, message.method != "server/discover" {
            server.refused += 1
            return fail(message, code: oblivion.code, oblivion.message)
        }
        if message.method == "tools/call" {
            server.executed[message.arguments, default: 0] += 1
        }
        if server.script?(self, message) == true { return }
        guard message.message.kind == .request, !server.held.contains(message.method) else {
            return
        }
        oblige(message)
    }

    /// Says a line, whatever it is.
    package func say(_ line: String) { source.push(Array((line + "\n").utf8)) }

    /// Answers a request with a result.
    package func answer(_ request: Received, _ result: String) {
        unanswered[request.id] = nil
        say(#"{"jsonrpc":"2.0","id":\#(request.id),"result":\#(result)}"#)
    }

    /// Answers a request with an error.
    package func fail(_ request: Received, code: Int, _ message: String = "no") {
        unanswered[request.id] = nil
        say(
            #"{"jsonrpc":"2.0","id":\#(request.id),"error":{"code":\#(code),"message":"\#(message)"}}"#
        )
    }

    /// Ends the server's output, and with it the conversation.
    package func die() {
        isDead = true
        source.end()
    }
}
