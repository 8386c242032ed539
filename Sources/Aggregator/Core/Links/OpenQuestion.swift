package import Synchronization

/// A request of a server that waits for an answer.
package final class OpenQuestion: Sendable {
    /// The bytes that it keeps in memory.
    let size: Int
    /// When it came, since the peer's start.
    let asked: Duration
    /// Its task while it runs; cancelled and removed under the table's lock only.
    package let task = Mutex<TaskHandle?>(nil)

    /// A question that has just come.
    package init(size: Int, asked: Duration) {
        self.size = size
        self.asked = asked
    }
}

/// The requests of one server that wait for an answer, by their exact id.
package struct OpenQuestions: Sendable {
    /// How many may wait at a time.
    private static let most = 1024
    /// How many bytes they may hold together.
    private static let mostBytes = 8 * 1024 * 1024
    /// How long each may wait; people take their time, but not for ever.
    private static let patience = Duration.seconds(600)

    private var table: [[UInt8]: OpenQuestion] = [:]
    private var bytes = 0

    /// None yet.
    package init() {}

    /// Whether none waits.
    package var isEmpty: Bool { table.isEmpty }

    /// Adds a question; what it returns instead is why not.
    package mutating func add(_ question: OpenQuestion, id: [UInt8]) -> String? {
        if table[id] != nil { return "A request with this id is already under way." }
        if table.count >= Self.most { return "Too many requests are under way." }
        if bytes + question.size > Self.mostBytes {
            return "The requests under way are over \(Self.mostBytes) bytes together."
        }
        table[id] = question
        bytes += question.size
        return nil
    }

    /// Notes that the running task asks a question; false if it was withdrawn before.
    package func begin(_ question: OpenQuestion, id: [UInt8]) -> Bool {
        guard table[id] === question else { return false }
        TaskHandle.withCurrent { task in question.task.withLock { $0 = task } }
        return true
    }

    /// Takes out a question that is to be answered; false if it is not open any more.
    package mutating func finish(_ question: OpenQuestion, id: [UInt8]) -> Bool {
        question.task.withLock { $0 = nil }
        // After a withdrawal, the id may belong to another question by now.
        guard table[id] === question else { return false }
        table[id] = nil
        bytes -= question.size
        return true
    }

    /// Takes out the question with this id, if any, and cancels its task.
    package mutating func withdraw(_ id: [UInt8]) {
        guard let question = table.removeValue(forKey: id) else { return }
        bytes -= question.size
        question.task.withLock { $0?.cancel() }
    }

    /// Withdraws what has waited for too long; their ids.
    package mutating func withdrawLate(at now: Duration) -> [[UInt8]] {
        let late = table.filter { $0.value.asked + Self.patience <= now }.map(\.key)
        for id in late { withdraw(id) }
        return late
    }
}
