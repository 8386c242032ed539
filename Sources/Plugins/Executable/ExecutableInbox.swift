import Aggregator
import Synchronization
import Wire

/// What a plugin's program says without having been asked: its greeting, and nothing else.
final class ExecutableInbox: Inbox {
    /// What is told of the first message.
    typealias Greeted = @Sendable (Greeting) -> Void

    private struct State {
        var hasGreeted = false
        var problem: String?
    }

    private let name: String
    private let log: Log
    private let greeted: Greeted
    private let state = Mutex(State())

    init(_ name: String, _ log: Log, _ greeted: @escaping Greeted) {
        self.name = name
        self.log = log
        self.greeted = greeted
    }

    /// Why it cannot be asked, if what it said says so; a sentence.
    var problem: String? { state.withLock { $0.problem } }
    var hasGreeted: Bool { state.withLock { $0.hasGreeted } }

    func aside(_ message: Message, caller: Caller?) async {
        guard !hasGreeted else { return noise("it is a notification that nobody asked for") }
        do throws(Greeting.Fault) {
            let greeting = try Greeting(message)
            state.withLock { $0.hasGreeted = true }
            greeted(greeting)
        } catch {
            state.withLock { $0.problem = "its program cannot be asked: \(error.reason)." }
        }
    }

    func question(
        _ message: Message, callers: [Caller], reply: any Connection, asking addressee: Addressee
    ) async -> Answer {
        .error(Answer.error(code: -32601, "A plugin has nothing to ask."))
    }

    func ended() {}

    func noise(_ reason: String) {
        log(.warning, "Plugin '\(name)': a line was skipped: \(reason)")
    }
}
