import Aggregator
package import Machine
import Synchronization
import Wire

/// The door of a container that hosts one stdio server: `POST /invocations` and `GET /ping`, the HTTP
/// contract of AgentCore Runtime, in front of the child that speaks lines.
///
/// Transparent: apart from ids and progress tokens, which are this hop's, and the announcement of
/// `Duplex`, what the child says is what the client reads. Whoever reaches the port speaks to the
/// child: it is meant for the inside of a container.
package final class BridgeFront: Sendable {
    struct State {
        var correspondence = Correspondence()
        var turns: [Int: Turn] = [:]
        /// The requests that are under way.
        var courses: [Int: Course] = [:]
        var questions: [Int: Question] = [:]
        var lastNumber = 0
        var lastQuestion: Int
        var health: Health
    }

    /// One request under way.
    struct Course {
        let caller: Caller
        /// The task that carries it, while it does.
        var task: TaskHandle?
    }

    let server: HTTPServer
    let settings: BridgeFrontSettings
    let child: BridgedChild
    let nursery = Nursery()
    let state: Mutex<State>
    private let stopping = Signal()

    /// How long what is under way may take once the bridge is to end; then as long again to be told.
    private static let grace = Duration.seconds(1)
    /// How long a connection on which a client waits may look dead.
    private static let silence = Duration.seconds(15)

    /// A bridge at a server that listens.
    package init(server: HTTPServer, settings: BridgeFrontSettings) {
        self.server = server
        self.settings = settings
        child = BridgedChild(settings)
        // Children count from zero, and clients may reply to a bridge that is gone: whose question
        // a number is must be plain over all of them.
        let first = Int.random(in: 1...(1 << 30)) << 16
        state = Mutex(State(lastQuestion: first, health: Health(since: settings.clock())))
    }

    /// Lets nobody in any more; what runs has a moment to be answered.
    package func stop() {
        server.stop()
        stopping.raise()
    }

    /// Serves until it is stopped and everybody is answered, or has been told that nothing comes; the
    /// child is gone when this returns.
    package func run() async {
        await withTaskGroup(of: Bool.self) { group in
            group.addImmediateTask {
                await self.server.run(
                    reporting: { [log = self.settings.log] in log(.error, $0.message) },
                    { await self.handle($0) })
                return true
            }
            group.addImmediateTask {
                await self.stopping.wait(after: 0)
                await self.settings.time.sleep(for: Self.grace)
                self.endAll()
                await self.settings.time.sleep(for: Self.grace)
                return true
            }
            group.addImmediateTask {
                await self.nursery.run()
                return false
            }
            group.addImmediateTask {
                await self.child.run(self)
                return false
            }
            group.addImmediateTask {
                await self.keepTime()
                return false
            }
            // Everything else serves the door; when that is closed, all is done.
            for await isDoor in group where isDoor { group.cancelAll() }
        }
    }

    private func endAll() {
        perform {
            $0.correspondence.end { id in
                var bytes: [UInt8] = []
                let error = Answer.error(
                    code: -32603, "The bridge is stopping. The request may have run.")
                Answer.error(error).write(id: id[...], into: &bytes)
                return bytes
            }
        }
    }

    private func keepTime() async {
        let time = settings.time
        while !Task.isCancelled {
            await time.sleep(for: .seconds(1))
            let now = time.now
            child.sweep(now)
            let moment = now.advanced(by: .zero - Self.silence)
            for turn in state.withLock({ Array($0.turns.values) }) where turn.takesEvents {
                turn.channel.keepAlive(silentSince: moment)
            }
        }
    }

    // MARK: Requests

    private func handle(_ exchange: HTTPExchange) async {
        let head = exchange.head
        switch (head.pathText, head.method) {
        case ("/ping", .get): ping(exchange)
        case ("/invocations", .post): await invoke(exchange)
        case ("/ping", _):
            exchange.refuse(.methodNotAllowed, "Method Not Allowed", [.allow: "GET"])
        case ("/invocations", _):
            exchange.refuse(.methodNotAllowed, "Method Not Allowed", [.allow: "POST"])
        default: exchange.refuse(.notFound, "Not Found")
        }
    }

    private func ping(_ exchange: HTTPExchange) {
        noteHealth()
        let (status, body) = state.withLock { $0.health }.report(settings.dialect)
        exchange.respond(status, [.contentType: "application/json"], body: body)
    }

    /// Notes how the bridge is, so that the time of a change is right whoever asks when.
    func noteHealth() {
        let isSound = child.isSound
        state.withLock { state in
            state.health.become(
                !isSound ? .unhealthy : state.correspondence.isBusy ? .busy : .healthy,
                at: settings.clock)
        }
    }

    // MARK: Effects

    /// Decides under the lock, and then does what was decided.
    func perform(_ decide: (inout State) -> [Correspondence.Effect]) {
        let effects = state.withLock { state in
            decide(&state).map { ($0, state.turn(of: $0)) }
        }
        for (effect, turn) in effects {
            switch effect {
            case .say(_, let bytes): turn?.channel.send(written: bytes)
            case .finish(_, let bytes): turn?.finish(bytes)
            case .cancel(let errand): cancel(errand)
            }
        }
    }

    private func cancel(_ errand: Correspondence.Errand) {
        let caller = state.withLock { state in
            let course = state.courses[errand]
            course?.task?.cancel()
            return course?.caller
        }
        caller?.wake()
    }

    /// Tells the client something, about its request where that is known.
    func tell(_ aside: Draft, about errand: Errand?) {
        let bytes = aside.bytes
        perform { $0.correspondence.tell(bytes, about: errand?.number) }
    }

    /// The way to the client of a request; nil while there is none.
    func channel(of errand: Errand) -> PostChannel? {
        state.withLock { state in
            state.correspondence.exchanges.last { $0.errand == errand.number }
                .flatMap { state.turns[$0.number] }
        }?.channel
    }
}

extension BridgeFront.State {
    fileprivate func turn(of effect: Correspondence.Effect) -> Turn? {
        switch effect {
        case .say(let number, _), .finish(let number, _): turns[number]
        case .cancel: nil
        }
    }
}

extension HTTPExchange {
    /// Answers with a sentence in the form that FastAPI has for it, which callers of bridges know.
    func refuse(_ status: Status, _ detail: String, _ fields: Fields = [:]) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("detail")
        writer.string(detail)
        writer.endObject()
        var fields = fields
        fields.set(.contentType, "application/json")
        respond(status, fields, body: writer.bytes)
    }
}
