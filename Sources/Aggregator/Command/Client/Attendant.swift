import Aggregator
import Wire

/// What a client does for the servers besides asking them: answers questions, hears reports.
protocol Attendant: Sendable {
    /// The object `capabilities` of `initialize`.
    var capabilities: [UInt8] { get }

    /// Answers a server's question; the task is cancelled when the question is withdrawn.
    func answer(_ question: Message) async -> Answer

    /// A notification.
    func hear(_ notification: Message)
}

/// The error that a request was answered with.
struct RemoteError: Error {
    let code: Int
    let message: String
    /// The whole error object.
    let json: [UInt8]

    /// The code when no answer came, or nobody waits for it any more.
    static let late = -32800

    /// An error that was made here.
    init(code: Int, message: String) {
        self.code = code
        self.message = message
        json = Answer.error(code: code, message)
    }

    /// Reads the `error` member of an answer.
    init(_ error: Value) {
        code = error["code"]?.integer ?? 0
        message = error["message"]?.string ?? "no reason given"
        json = JSONWriter.compact(error)
    }
}
