import Aggregator
import TestSupport
import Wire

/// One random life of servers with sessions that ask in the middle of calls, and of a client of
/// 2026-07-28 that comes back with answers, does not, takes back, or drops calls without a word.
///
/// A server finishes no call that waits for an answer. Every call and every question carries a number
/// of its own, so that a wrong answer shows.
final class ParkingSchedule {
    /// What a client wants done, over as many requests as it takes.
    struct Work {
        let server: String
        /// Whether the server finishes it only when everything else is over.
        let lingers: Bool
        var state = Progress.waiting
        /// How often it was called.
        var requests = 0
    }

    enum Progress: Equatable {
        case waiting
        /// The client has to come back: with this state, to these questions by their keys.
        case asked(state: String, questions: [String: Int])
        case done
        /// Nobody wants it any more.
        case dropped
    }

    /// What a server wants to know, which one of its calls waits for.
    struct Question {
        let server: String
        let connection: Int
        /// The number of the call that it is really about.
        let asker: Int
        var isWithdrawn = false
        var replies = 0
    }

    private static let capabilities = #"{"sampling":{},"elicitation":{},"roots":{}}"#

    private let seed: UInt64
    var random: SplitMix
    let servers = ["one", "two"].map { ScriptedServer($0) }
    let world: World
    let client: Client
    var works: [Work] = []
    var questions: [Question] = []
    /// Which work each request was made for.
    private var requests: [String: Int] = [:]
    private var answered: Set<String> = []
    private(set) var violations: [String] = []

    init(seed: UInt64) {
        self.seed = seed
        random = SplitMix(seed)
        world = World(servers, seed: seed % 2 == 0 ? nil : seed)
        client = world.client()
        for server in servers { prepare(server) }
        client.enveloped("\"open\"", "tools/list", capabilities: Self.capabilities)
        world.advance(by: .seconds(1))
        _ = client.take()
    }

    private func prepare(_ server: ScriptedServer) {
        server.held = ["tools/call"]
        server.script = { [unowned self] _, received in
            if received.method == "" { replied(received, to: server) }
            return false
        }
    }

    // MARK: What the client does

    func call() {
        let server = servers[random.index(servers.count)].name
        works.append(Work(server: server, lingers: random.once(in: 6)))
        request(works.count - 1)
    }

    /// Comes back to a call, with answers to all that was asked or to some of it; sometimes twice.
    func comeBack(_ number: Int, wholly: Bool) {
        guard case .asked(let state, let questions) = works[number].state else { return }
        works[number].state = .waiting
        let given = questions.filter { _ in wholly || !random.once(in: 4) }
        let answers = given.sorted { $0.key < $1.key }.map { key, question in
            #""\#(key)":{"action":"accept","n":\#(question)}"#
        }
        let more =
            #","inputResponses":{\#(answers.joined(separator: ","))},"requestState":\#(state)"#
        request(number, more)
        if !wholly, random.once(in: 6) { request(number, more) }
    }

    private func request(_ number: Int, _ more: String = "") {
        let id = "\(requests.count + 1)"
        requests[id] = number
        works[number].requests += 1
        client.tell(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"_meta":{"#
                + #""io.modelcontextprotocol/protocolVersion":"2026-07-28","#
                + #""io.modelcontextprotocol/clientCapabilities":\#(Self.capabilities)},"#
                + #""name":"\#(works[number].server)__echo","arguments":{"n":\#(number)}\#(more)}}"#
        )
    }

    /// Takes back the latest request of a call that has not been answered, or has just been.
    func cancel(_ number: Int) {
        works[number].state = .dropped
        let latest = requests.filter { $0.value == number }.compactMap { Int($0.key) }.max() ?? 0
        client.tell(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(latest)}}"#
        )
    }

    // MARK: What the servers do

    /// The calls that a server may finish: nothing that they wait for is open.
    func finishable(_ server: ScriptedServer) -> [Received] {
        server.open("tools/call").filter { request in
            let number = self.number(request)
            return !questions.contains {
                $0.asker == number && $0.replies == 0 && !$0.isWithdrawn
                    && $0.connection == server.connection?.number
            }
        }
    }

    func number(_ request: Received) -> Int { request.arguments.value("n")?.integer ?? -1 }

    func ask(_ server: ScriptedServer) {
        guard let request = random.pick(server.open("tools/call")) else { return }
        let number = questions.count
        questions.append(
            Question(
                server: server.name, connection: request.connection, asker: self.number(request)))
        let method = random.pick(["elicitation/create", "sampling/createMessage", "roots/list"])
        server.connection?.say(
            #"{"jsonrpc":"2.0","id":\#(number),"method":"\#(method ?? "")","params":{"n":\#(number)}}"#
        )
    }

    func withdraw() {
        let open = questions.indices.filter { questions[$0].replies == 0 }
        guard let number = random.pick(open) else { return }
        questions[number].isWithdrawn = true
        let server = servers.first { $0.name == questions[number].server }
        guard server?.connection?.number == questions[number].connection else { return }
        server?.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(number)}}"#
        )
    }

    private func replied(_ reply: Received, to server: ScriptedServer) {
        guard let number = Int(reply.id), questions.indices.contains(number),
            questions[number].server == server.name,
            questions[number].connection == reply.connection
        else { return broken("a reply to nothing: \(reply.text)") }
        questions[number].replies += 1
        if questions[number].replies > 1 { broken("a second reply: \(reply.text)") }
        // What was asked of nobody who is still there is answered in their place.
        let isOurs =
            reply.text.json("error") != nil
            || reply.text.json("result", "action") == #""cancel""#
        if !isOurs, reply.text.value("result", "n")?.integer != number {
            broken("a reply to another question: \(reply.text)")
        }
    }

    // MARK: What must hold

    func hear() {
        for line in client.take() {
            guard let id = line.json("id"), let number = requests[id] else {
                broken("nobody asked: \(line)")
                continue
            }
            if !answered.insert(id).inserted { broken("answered twice: \(line)") }
            heard(line, number)
        }
    }

    private func heard(_ line: String, _ number: Int) {
        let type = line.value("result", "resultType")?.string
        if type == "input_required" { return asked(line, number) }
        if line.json("error", "message")?.contains("A later request") == true { return }
        if works[number].state != .dropped { works[number].state = .done }
        guard let content = line.value("result", "structuredContent") else { return }
        if content["arguments"]?["n"]?.integer != number
            || content["server"]?.string != works[number].server
        {
            broken("the answer to another call than \(number): \(line)")
        }
    }

    private func asked(_ line: String, _ number: Int) {
        var asked: [String: Int] = [:]
        for (key, request) in line.value("result", "inputRequests")?.members.map({ $0 }) ?? [] {
            let question = request["params"]?["n"]?.integer ?? -1
            asked[key.string ?? ""] = question
            if !questions.indices.contains(question)
                || questions[question].server != works[number].server
            {
                broken("a question of nobody's: \(line)")
            }
        }
        guard works[number].state == .waiting else { return }
        works[number].state = .asked(
            state: line.json("result", "requestState") ?? "", questions: asked)
    }

    func broken(_ what: String) { violations.append("seed \(seed): \(what)") }
}
