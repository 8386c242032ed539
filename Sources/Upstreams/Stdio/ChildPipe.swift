import Aggregator
import Machine
import Wire

/// A child's standard input as the peer writes to it.
struct ChildPipe: LineTransport {
    let output: Output

    func write(_ body: (inout [UInt8]) -> Void) { output.write(body) }
    var load: (accepted: UInt64, isCongested: Bool) { output.load }
    var highWater: Int { output.highWater }
    var sent: UInt64 { output.sent }
    func drained() async { await output.drained() }
    func close() { output.close() }
}

/// A child's standard output as the conversation reads it.
///
/// `@unchecked Sendable`: read by the one task that runs the conversation.
final class ChildLines: LineSource, @unchecked Sendable {
    private let reader: LineReader
    private let name: String

    /// Lines of at most `limit` bytes from a child's standard output.
    init(_ input: Input, name: String, limit: Int) {
        reader = LineReader(input, limit: limit)
        self.name = name
    }

    /// Runs the conversation, in which cancelling the task ends every wait for a line.
    func interruptible<Result>(_ body: () async -> Result) async -> Result {
        await reader.interruptible(body)
    }

    func fill() async throws(Failure) -> Bool {
        do throws(MachineFailure) {
            return try await reader.fill()
        } catch {
            throw Failure(.lost, "Could not read from upstream '\(name)': \(error.message)")
        }
    }

    func next() -> LineBuffer.Line? { reader.next() }
}
