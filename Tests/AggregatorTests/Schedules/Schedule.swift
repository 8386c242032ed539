import Aggregator
import TestSupport
import Wire

/// One random life of an aggregator with three upstreams, and what must hold in any of them.
///
/// Every call carries a number of its own, so that a wrong answer shows. What is broken is noted.
final class Schedule {
    private struct Request {
        let server: String
        let number: Int
        let token: String?
        var isCancelled = false
        var answers = 0
    }

    /// How a server says that it has lost the session.
    private static let refusals = [
        (-32602, "Invalid request parameters"), (-32001, "Session not found"),
        (-32600, "Server not initialized"), (-30001, "SessionId was not found or has expired"),
    ]

    private let seed: UInt64
    private var random: SplitMix
    private let servers = ["one", "two", "three"].map { ScriptedServer($0) }
    private let world: World
    private let client: Client
    private var requests: [String: Request] = [:]
    /// Requests that the client still waits for, in the order they were made.
    private var waiting: [String] = []
    private var questions: [String] = []
    private var lastQuestion = 0
    private var claimedUnexecuted: Set<Int> = []
    private(set) var violations: [String] = []

    init(seed: UInt64) {
        self.seed = seed
        random = SplitMix(seed)
        for server in servers {
            server.held = ["tools/call"]
            server.timeouts.idle = .seconds(30)
            // Servers of one era, of the other, and of both.
            server.isModern = random.once(in: 3)
            let isDual = random.once(in: 2)
            if server.isModern { server.isLegacy = isDual }
        }
        // Every other life has its tasks run in random order.
        world = World(servers, seed: seed % 2 == 0 ? nil : seed)
        client = world.client()
    }

    /// Lives for a number of steps, then comes to an end; returns what was broken.
    func run(steps: Int) -> [String] {
        client.open(#"{"roots":{},"sampling":{},"elicitation":{}}"#)
        for _ in 0..<steps {
            step()
            // Now and then things pile up and happen in one turn.
            if !random.once(in: 3) { settle() }
        }
        finish()
        return violations
    }

    private func step() {
        let server = servers[random.index(servers.count)]
        switch random.index(20) {
        case 0..<7: request(server)
        case 7: cancel()
        case 8..<12: answer(server)
        case 12: report(server)
        case 13: ask(server)
        case 14: reply()
        case 15: withdraw(server)
        case 16: if random.once(in: 3) { kill(server) } else { expire(server) }
        case 17: server.connection?.transport.isBlocked = random.once(in: 2)
        case 18: obstruct(server)
        default: advance(.milliseconds(random.index(4000)))
        }
    }

    // MARK: What can happen

    private func request(_ server: ScriptedServer) {
        let number = requests.count
        let id = random.once(in: 2) ? "\(number)" : "\"\(number)\""
        let token = random.once(in: 2) ? nil : random.once(in: 2) ? "\(number)" : "\"t\(number)\""
        let meta = token.map { #","_meta":{"progressToken":\#($0)}"# } ?? ""
        requests[id] = Request(server: server.name, number: number, token: token)
        waiting.append(id)
        client.tell(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"#
                + #""\#(server.name)__echo","arguments":{"n":\#(number)}\#(meta)}}"#)
    }

    private func cancel() {
        guard let id = random.pick(waiting) else { return }
        requests[id]?.isCancelled = true
        waiting.removeAll { $0 == id }
        client.tell(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
    }

    private func answer(_ server: ScriptedServer) {
        guard let request = random.pick(server.open("tools/call")),
            let connection = server.connection
        else { return }
        connection.answer(request, connection.echo(request))
    }

    private func report(_ server: ScriptedServer) {
        let asked = server.open("tools/call").filter { !$0.progressToken.isEmpty }
        guard let request = random.pick(asked) else { return }
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"#
                + #"\#(request.progressToken),"progress":1,"message":\#(request.arguments.json("n") ?? "")}}"#
        )
    }

    private func ask(_ server: ScriptedServer) {
        // A modern server cannot ask back; it has something to announce instead.
        guard !server.isModern else {
            server.connection?.announce("notifications/tools/list_changed")
            return
        }
        lastQuestion = (lastQuestion + 1) % 4
        server.connection?.say(#"{"jsonrpc":"2.0","id":\#(lastQuestion),"method":"roots/list"}"#)
    }

    private func reply() {
        guard let id = random.pick(questions) else { return }
        questions.removeAll { $0 == id }
        client.tell(#"{"jsonrpc":"2.0","id":\#(id),"result":{"roots":[]}}"#)
    }

    private func withdraw(_ server: ScriptedServer) {
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"#
                + "\(random.index(4))}}")
    }

    /// Death: the process is gone, or only its output has ended and it goes on reading.
    private func kill(_ server: ScriptedServer) {
        if random.once(in: 2) { server.connection?.die() } else { server.connection?.source.end() }
    }

    /// The server has lost the session and says so, in one way or another, until it is greeted.
    private func expire(_ server: ScriptedServer) {
        guard !server.isModern else { return }
        server.connection?.oblivion = random.pick(Self.refusals)
    }

    private func obstruct(_ server: ScriptedServer) {
        server.refusal =
            random.once(in: 4) ? Failure(.unavailable, "Could not start '\(server.name)'.") : nil
        server.connection?.transport.highWater = random.once(in: 3) ? 100 : .max
    }

    private func advance(_ duration: Duration) {
        world.advance(by: duration)
        hear()
    }

    private func settle() {
        world.run()
        hear()
    }

    // MARK: What must hold

    private func hear() {
        for line in client.take() {
            if line.json("method") == "\"notifications/progress\"" {
                progress(line)
            } else if line.json("method") == "\"roots/list\"" {
                questions.append(line.json("id") ?? "")
            } else if line.json("method") == "\"notifications/cancelled\"" {
                questions.removeAll { $0 == line.json("params", "requestId") }
            } else if let id = line.json("id") {
                answered(id, line)
            }
        }
    }

    private func answered(_ id: String, _ line: String) {
        guard let request = requests[id] else { return broken("nobody asked: \(line)") }
        requests[id]?.answers += 1
        waiting.removeAll { $0 == id }
        if request.answers > 0 { broken("answered twice: \(line)") }
        if let content = line.value("result", "structuredContent") {
            if content["server"]?.string != request.server
                || content["arguments"]?["n"]?.integer != request.number
            {
                broken("the wrong answer to \(request): \(line)")
            }
        } else if line.json("result", "_meta", "manifold/executed") == "\"no\"" {
            claimedUnexecuted.insert(request.number)
        } else if Self.refusals.contains(where: { line.value("error", "code")?.integer == $0.0 }) {
            // Its connection was lost before it could be proved, or it met two losses in a row.
            claimedUnexecuted.insert(request.number)
        } else if line.json("result", "_meta", "manifold/executed") == nil {
            broken("an answer of nobody's to \(request): \(line)")
        }
    }

    private func progress(_ line: String) {
        let token = line.json("params", "progressToken")
        let number = line.value("params", "message")?.integer
        let asked = requests.values.first { $0.number == number }
        if asked?.token != token || asked?.answers != 0 { broken("stray progress: \(line)") }
    }

    private func broken(_ what: String) { violations.append("seed \(seed): \(what)") }

    // MARK: The end

    private func finish() {
        for server in servers {
            server.refusal = nil
            server.held = []
        }
        for _ in 0..<20 {
            for server in servers {
                for connection in server.connections { connection.transport.isBlocked = false }
                for request in server.open("tools/call") { server.connection?.oblige(request) }
            }
            while !questions.isEmpty { reply() }
            advance(.seconds(20))
        }
        client.tell(#"{"jsonrpc":"2.0","id":"last","method":"ping"}"#)
        requests["\"last\""] = Request(server: "", number: -1, token: nil)
        world.run()
        if !client.take().contains(#"{"jsonrpc":"2.0","id":"last","result":{}}"#) {
            broken("the last ping was not answered")
        }
        requests["\"last\""] = nil
        check()
        world.stop()
        hear()
        if world.time.waiting > 0 { broken("\(world.time.waiting) tasks wait for a moment") }
        if !client.hasEnded { broken("the session has tasks left") }
        for connection in servers.flatMap(\.connections) where !connection.hasEnded {
            broken("a conversation of '\(connection.server.name)' has not ended")
        }
    }

    private func check() {
        for (id, request) in requests where request.answers == 0 && !request.isCancelled {
            broken("\(id) was not answered: \(request)")
        }
        for server in servers {
            for (arguments, count) in server.executed where count > 1 {
                broken("'\(server.name)' carried \(arguments) out \(count) times")
            }
            for (arguments, _) in server.executed {
                guard let number = arguments.value("n")?.integer else { continue }
                if claimedUnexecuted.contains(number) { broken("\(arguments) ran after all") }
            }
        }
        for server in servers {
            for complaint in server.complaints { broken("'\(server.name)': \(complaint)") }
        }
        if !client.session.isIdle { broken("tables of the session are not empty") }
    }
}
