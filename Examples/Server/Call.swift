import Machine
import Wire

/// A request under way, as the tool that serves it sees it.
///
/// It belongs to its session's actor. Whatever waits in a tool waits in `pause` or `reply`, so that a cancellation reaches it.
final class Call {
    let arguments: Value?
    private(set) var isCancelled = false
    private unowned let session: Session
    private let progressToken: JSON?
    private var answer: Message?
    private var wake: (@Sendable () -> Void)?

    /// Takes the parts of a request that tools and the session need.
    init(_ message: Message, in session: Session) {
        self.session = session
        arguments = message.arguments.map(message.value)
        progressToken = message.progressToken.map { .value(message.value($0)) }
    }

    /// Waits.
    func pause(_ duration: Duration) async throws(Failure) {
        let end = session.loop.now + duration
        while !isCancelled, session.loop.now < end { await wait(until: end) }
        if isCancelled { throw .cancelled }
    }

    /// Waits for the client's answer to our question, and returns its result.
    func reply(within duration: Duration) async throws(Failure) -> Value {
        let end = session.loop.now + duration
        while answer == nil, !isCancelled, session.loop.now < end { await wait(until: end) }
        if isCancelled { throw .cancelled }
        guard let message = answer.take() else { throw .tool("The client did not answer.") }
        if let result = message.result { return message.value(result) }
        let reason = message.error.flatMap { message.value($0)["message"]?.string }
        throw .tool("The client refused: \(reason ?? "it did not say why.")")
    }

    private func wait(until end: ContinuousClock.Instant) async {
        await session.loop.wait(until: end) { wake = $0 }
    }

    /// The client takes the request back.
    func cancel() {
        isCancelled = true
        wake?()
    }

    /// The client answers our question.
    func hear(_ message: Message) {
        answer = message
        wake?()
    }

    /// The notification that reports how far the work is, when the client asked for it.
    func progress(_ step: Int, of total: Int, _ text: String) -> JSON? {
        progressToken.map {
            [
                "progressToken": $0, "progress": .integer(step), "total": .integer(total),
                "message": .string(text),
            ]
        }
    }
}

extension Call {
    /// An argument that must be a text.
    func text(_ name: String, or standard: String? = nil) throws(Failure) -> String {
        let value = arguments?[name]
        guard let text = value == nil ? standard : value?.string else {
            throw .tool("'\(name)' must be a text.")
        }
        return text
    }

    /// An argument that must be a whole number within bounds.
    func integer(
        _ name: String, or standard: Int, in bounds: ClosedRange<Int>
    ) throws(Failure) -> Int {
        let value = arguments?[name]
        guard let number = value == nil ? standard : value?.integer, bounds ~= number else {
            throw .tool("'\(name)' must be a whole number in \(bounds).")
        }
        return number
    }
}
