package import Wire

/// The way back to a client while its request runs, and at any other time.
package protocol Outlet: AnyObject, Sendable {
    /// Tells the client something that needs no answer; in order, never suspends.
    func send(_ aside: Draft)

    /// Asks the client something and waits for its answer.
    ///
    /// Cancelling the task withdraws the question with `notifications/cancelled`.
    /// `origin` is told about progress that the client reports on the question.
    func ask(_ question: Draft, origin: QuestionOrigin) async throws(Failure) -> Message

    /// Returns once the client has room for more, or is gone.
    func drained() async

    /// Whether the client reads more slowly than it is written to.
    var isCongested: Bool { get }

    /// The client that it leads to: calls of one client may have outlets of their own.
    var client: ObjectIdentifier { get }

    /// Whether the client wants to see log lines of this severity.
    func wants(_ level: LogLevel) -> Bool
}

extension Outlet {
    package var client: ObjectIdentifier { ObjectIdentifier(self) }
}

/// Who asked a client something, to whom its progress reports go.
package struct QuestionOrigin: Sendable {
    /// The progress token of the upstream's question, exactly as it came.
    package let progressToken: [UInt8]?
    /// Sends a notification to the upstream that asked.
    package let notify: @Sendable (Draft) -> Void

    /// Whoever asks with this token, and the way to tell them.
    package init(progressToken: [UInt8]?, notify: @escaping @Sendable (Draft) -> Void) {
        self.progressToken = progressToken
        self.notify = notify
    }
}
