package import Aggregator
package import Machine
import Synchronization
import Wire

/// The door for clients over HTTP: Streamable HTTP of every revision on one path, each message by
/// what it says itself (MCP, "Streamable HTTP").
package final class HTTPFront: Sendable {
    /// The server that it stands at.
    package let server: HTTPServer
    let hub: Hub
    let sessions: HTTPSessions
    private let guards: Mutex<Guards>
    private let refusals = Mutex(SparseReport())
    private let requests = Mutex<[ObjectIdentifier: Underway]>([:])
    private let isStopping = Mutex(false)
    private let stopping = Signal()

    /// A request that is being answered.
    private struct Underway: Sendable {
        let channel: PostChannel
        /// Answers it as one whose answer nobody waits for any more.
        let end: @Sendable () -> Void
    }

    /// How long what is under way may take once the front is to end; then as long again to be told.
    private static let grace = Duration.seconds(1)

    /// A front at a server that listens; who may come in is what the configuration says.
    package init(server: HTTPServer, hub: Hub) {
        self.server = server
        self.hub = hub
        sessions = HTTPSessions(hub)
        guards = Mutex(
            Guards(
                hub.configuration.inbound, areClientsCertified: server.demandsCertificates))
    }

    /// Lets those in, from the next request on, whom another configuration lets in; the server has
    /// taken over its certificates.
    package func adopt(_ inbound: Configuration.Inbound) {
        let new = Guards(inbound, areClientsCertified: server.demandsCertificates)
        guards.withLock { $0 = new }
    }

    /// Lets nobody in any more; what runs has a moment to be answered.
    package func stop() {
        isStopping.withLock { $0 = true }
        server.stop()
        sessions.releaseReaders()
        stopping.raise()
    }

    /// Serves until it is stopped, and everybody is answered or has had the time to be.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addImmediateTask { [hub] in
                await self.server.run(
                    reporting: { hub.services.log(.error, "\($0.message)") },
                    handshakes: { hub.services.log(.warning, $0) },
                    { await self.handle($0) })
            }
            group.addImmediateTask { await self.keepTime() }
            group.addImmediateTask {
                await self.stopping.wait(after: 0)
                await self.hub.services.time.sleep(for: Self.grace)
                self.endAll()
                await self.hub.services.time.sleep(for: Self.grace)
            }
            await group.next()
            group.cancelAll()
        }
        sessions.close()
    }

    private func endAll() {
        sessions.close()
        for request in requests.withLock({ Array($0.values) }) { request.end() }
    }

    // MARK: Requests

    private func handle(_ exchange: HTTPExchange) async {
        let head = exchange.head
        switch head.pathText {
        case "/mcp": break
        case "/healthz": return exchange.say(.ok, "ok\n")
        case "/readyz":
            let isStopping = isStopping.withLock { $0 }
            return isStopping
                ? exchange.say(.serviceUnavailable, "stopping\n") : exchange.say(.ok, "ok\n")
        default: return exchange.say(.notFound, "Nothing is here; the endpoint is '/mcp'.\n")
        }
        do throws(Guards.Refusal) {
            let principal = try guards.withLock({ $0 }).admit(head)
            await dispatch(exchange, principal)
        } catch {
            report(error, of: exchange)
            exchange.say(error.status, error.reason + "\n", error.fields)
        }
    }

    private func report(_ refusal: Guards.Refusal, of exchange: HTTPExchange) {
        let reason =
            refusal.reason.hasSuffix(".") ? String(refusal.reason.dropLast()) : refusal.reason
        let told = refusals.withLock { report in
            report.note(
                "A request from \(exchange.peer) was refused: \(reason)",
                at: hub.services.time.now)
        }
        if let told { hub.services.log(.warning, told) }
    }

    private func dispatch(_ exchange: HTTPExchange, _ principal: Principal) async {
        switch exchange.head.method {
        case .post: await post(exchange, principal)
        case .get: await read(exchange, principal)
        case .delete: end(exchange, principal)
        default:
            exchange.say(
                .methodNotAllowed, "The endpoint takes POST, GET and DELETE.\n",
                [.allow: "POST, GET, DELETE"])
        }
    }

    // MARK: Time

    /// How long a connection on which a client waits may look dead.
    private static let silence = Duration.seconds(15)

    /// Notes an answer that is under way, so that its connection is kept from looking dead; `end` says
    /// that it will not come.
    func enter(_ channel: PostChannel, end: @escaping @Sendable () -> Void = {}) {
        requests.withLock { $0[ObjectIdentifier(channel)] = Underway(channel: channel, end: end) }
    }

    /// It is over.
    func leave(_ channel: PostChannel) {
        requests.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    private func keepTime() async {
        let time = hub.services.time
        while !Task.isCancelled {
            await time.sleep(for: Self.silence / 3)
            let now = time.now
            let moment = now.advanced(by: .zero - Self.silence)
            for request in requests.withLock({ Array($0.values) }) {
                request.channel.keepAlive(silentSince: moment)
            }
            sessions.sweep(now, silentSince: moment)
        }
    }
}

extension HTTPExchange {
    /// Answers with a sentence for people.
    func say(_ status: Status, _ text: String, _ fields: Fields = [:]) {
        var fields = fields
        fields.set(.contentType, "text/plain; charset=utf-8")
        respond(status, fields, body: Array(text.utf8))
    }

    /// Answers with a JSON-RPC error that belongs to no request, or to the one of this id.
    func fail(_ status: Status, code: Int, _ text: String, id: ArraySlice<UInt8>? = nil) {
        fail(status, .error(Answer.error(code: code, text)), id: id)
    }

    /// Answers with a JSON-RPC error.
    func fail(_ status: Status, _ answer: Answer, id: ArraySlice<UInt8>? = nil) {
        var bytes: [UInt8] = []
        answer.write(id: id ?? Array("null".utf8)[...], into: &bytes)
        respond(status, [.contentType: "application/json"], body: bytes)
    }
}
