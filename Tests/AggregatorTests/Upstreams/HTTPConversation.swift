import Aggregator
import Machine
import Signing
import Synchronization
import TestSupport
import Wire

@testable import Upstreams

/// A connection over HTTP whose server is a script, on a clock that stands still.
///
/// Nothing happens except in `run` and `advance`, on the test's own thread; hence
/// `@unchecked Sendable`.
final class HTTPConversation: @unchecked Sendable {
    let loop = Loop()
    let time = ManualTime()
    let server = ScriptedHTTP()
    let connection: HTTPConnection
    let heard = Listener()
    private let start: ContinuousClock.Instant
    private let work: Task<Void, Never>

    /// A conversation with manners of its own; `fraction` is the jitter of every pause.
    init(
        _ manners: HTTPManners = HTTPManners(), usual: Kind.Usual = Kind.Usual(),
        authorizer: (any Authorizer)? = nil, namesEverySession: Bool = false, fraction: Double = 1,
        transport: HTTPSettings.Transport = .streamable
    ) throws {
        var upstream = Configuration.Upstream(name: "one", kind: "http", settings: HTTPSettings())
        upstream.timeouts = usual.timeouts
        let machine = try EventLoop.make()
        let tools = Tools(
            loop: machine, time: time, environment: Environment([]),
            accounts: AWSAccounts(Environment([]), on: machine, time: time), log: .none,
            messageLimit: 1 << 20,
            random: { fraction })
        let route = HTTPRoute(
            place: try Place("https://service.example/mcp"),
            fields: RequestFields(headers: [], namesEverySession: namesEverySession),
            client: server, authorizer: authorizer, transport: transport, limit: 1 << 20,
            manners: manners)
        let connection = HTTPConnection(route, Entry(upstream), tools)
        self.connection = connection
        start = time.now
        work = loop.start { [heard] in _ = await connection.run(heard) }
        run()
    }

    deinit { work.cancel() }

    /// Ends the conversation.
    func stop() {
        work.cancel()
        run()
    }

    func run() { loop.run() }

    /// Lets time pass, and whatever is due happen.
    func advance(by duration: Duration) {
        let end = time.now + duration
        while let next = time.earliest, next <= end {
            time.set(next)
            run()
        }
        time.set(end)
        connection.sweep(now: end)
        run()
    }

    /// Makes a call; what comes of it is there once it has run.
    func call(_ method: Wire.Method = .toolsCall, _ params: String = "{}") -> Outcome {
        let outcome = Outcome()
        let id = method == .initialize ? "1" : "2"
        let text = #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method.name)","params":\#(params)}"#
        guard let message = try? Message(scanning: Array(text.utf8)) else { return outcome }
        var call = Call(draft: Draft(message), method: method, target: nil, caller: nil)
        call.isOpenEnded = method == .listen
        _ = loop.start { [connection, call] in
            do throws(Failure) {
                let answer = try await connection.call(call)
                outcome.settle(.success(String(decoding: answer.bytes, as: UTF8.self)))
            } catch {
                outcome.settle(.failure(error))
            }
        }
        run()
        return outcome
    }

    /// Makes a call and lets an hour pass.
    func finished(_ method: Wire.Method = .toolsCall, _ params: String = "{}") -> Outcome {
        let outcome = call(method, params)
        while outcome.value == nil, time.now < start + .seconds(3600 * 24) {
            advance(by: .seconds(1))
        }
        return outcome
    }
}

/// What came of a call.
final class Outcome: Sendable {
    private let result = Mutex<Result<String, Failure>?>(nil)

    func settle(_ outcome: Result<String, Failure>) { result.withLock { $0 = outcome } }

    var value: Result<String, Failure>? { result.withLock { $0 } }

    var failure: Failure? {
        if case .failure(let failure) = value { failure } else { nil }
    }

    var text: String? {
        if case .success(let text) = value { text } else { nil }
    }
}

/// Hears what a server says besides answers.
final class Listener: Inbox {
    private let lines = Mutex<[String]>([])
    private let questions = Mutex<[String]>([])
    private let complaints = Mutex<[String]>([])
    private let held = Mutex<Latch?>(nil)

    var all: [String] { lines.withLock { $0 } }
    /// What was asked.
    var asked: [String] { questions.withLock { $0 } }
    /// What was skipped, and why.
    var noises: [String] { complaints.withLock { $0 } }
    /// Questions wait for this door.
    var door: Latch? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }

    func aside(_ message: Message, caller: Caller?) async {
        lines.withLock { $0.append(String(decoding: message.bytes, as: UTF8.self)) }
    }
    func question(
        _ message: Message, callers: [Caller], reply: any Connection, asking addressee: Addressee
    ) async -> Answer {
        questions.withLock { $0.append(String(decoding: message.bytes, as: UTF8.self)) }
        await door?.wait()
        return .empty
    }
    func ended() {}
    func noise(_ reason: String) { complaints.withLock { $0.append(reason) } }
}
