package import Aggregator
package import Machine
package import Wire

/// A child's standard output as the conversation reads it.
///
/// `@unchecked Sendable`: read by the one task that runs the conversation.
package final class ChildLines: LineSource, @unchecked Sendable {
    private let reader: LineReader
    private let name: String

    /// Lines of at most `limit` bytes from a child's standard output.
    package init(_ input: Input, name: String, limit: Int) {
        reader = LineReader(input, limit: limit)
        self.name = name
    }

    /// Runs the conversation, in which cancelling the task ends every wait for a line.
    package func interruptible<Result>(_ body: () async -> Result) async -> Result {
        await reader.interruptible(body)
    }

    package func fill() async throws(Failure) -> Bool {
        do throws(MachineFailure) {
            return try await reader.fill()
        } catch {
            throw Failure(.lost, "Could not read from upstream '\(name)': \(error.message)")
        }
    }

    package func next() -> LineBuffer.Line? { reader.next() }
}
