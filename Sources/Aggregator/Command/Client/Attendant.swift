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

    /// Whether it is none of an answer: no answer came.
    let isLate: Bool

    /// The code when no answer came, or nobody waits for it any more.
    static let late = -32800

    /// No answer came, such as `in time`.
    static func late(_ when: String) -> Self {
        Self(code: late, message: "No answer came \(when).", isLate: true)
    }

    /// The upstream whose fault it is; nil where it is nobody's, or a plugin's.
    var upstream: String? {
        guard let data = (try? Value(validating: json))?["data"], data["manifold/plugin"] == nil
        else { return nil }
        return data["manifold/upstream"]?.string
    }

    /// An error that was made here.
    init(code: Int, message: String, isLate: Bool = false) {
        self.isLate = isLate
        self.code = code
        self.message = message
        json = Answer.error(code: code, message)
    }

    /// Reads the `error` member of an answer.
    init(_ error: Value) {
        isLate = false
        code = error["code"]?.integer ?? 0
        message = error["message"]?.string ?? "no reason given"
        json = JSONWriter.compact(error)
    }
}
