import Aggregator
import Synchronization
import Wire

/// What a plugin's program says without having been asked: its greeting, and nothing else.
final class ExecutableInbox: Inbox {
    /// What is told of the first message.
    typealias Greeted = @Sendable (Greeting) -> Void
    /// What is done when that is no greeting.
    typealias Failed = @Sendable () -> Void

    private struct State {
        var hasGreeted = false
        var problem: String?
        /// Why a line before the greeting was skipped: it may have been meant as one.
        var noise: String?
    }

    private let name: String
    private let log: Log
    private let greeted: Greeted
    private let failed: Failed
    private let state = Mutex(State())

    init(
        _ name: String, _ log: Log, greeted: @escaping Greeted, failed: @escaping Failed
    ) {
        self.failed = failed
        self.name = name
        self.log = log
        self.greeted = greeted
    }

    /// Why it cannot be asked, if what it said says so; a sentence.
    var problem: String? { state.withLock { $0.problem } }
    var hasGreeted: Bool { state.withLock { $0.hasGreeted } }

    /// That it has not greeted in a time, with what it said instead; a sentence.
    func silence(within time: String) -> String {
        let noise = state.withLock { $0.noise }.map { "; a line of it was skipped: \($0)" } ?? "."
        return "its program has not greeted within \(time)\(noise)"
    }

    func aside(_ message: Message, caller: Caller?) async {
        guard !hasGreeted else { return noise("it is a notification that nobody asked for") }
        do throws(Greeting.Fault) {
            let greeting = try Greeting(message)
            state.withLock { $0.hasGreeted = true }
            greeted(greeting)
        } catch {
            state.withLock { $0.problem = "its program cannot be asked: \(error.reason)." }
            failed()
        }
    }

    func question(
        _ message: Message, callers: [Caller], reply: any Connection, asking addressee: Addressee
    ) async -> Answer {
        .error(Answer.error(code: -32601, "A plugin has nothing to ask."))
    }

    func ended() {}

    func noise(_ reason: String) {
        state.withLock { state in
            if !state.hasGreeted { state.noise = state.noise ?? reason }
        }
        log(.warning, "Plugin '\(name)': a line was skipped: \(reason)")
    }
}
