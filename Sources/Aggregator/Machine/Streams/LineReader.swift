package import Wire

/// Lines from an input, for the one task that owns it.
package final class LineReader {
    private let input: Input
    private var buffer: LineBuffer
    private var hasEnded = false

    /// Cuts what `input` brings into lines of at most `limit` bytes.
    package init(_ input: Input, limit: Int = Limits.standard.bytes) {
        self.input = input
        buffer = LineBuffer(limit: limit)
    }

    /// Suspends until more was read; false at the end.
    ///
    /// Take every line with `next` before.
    ///
    /// Throws `.cancelled` when the task is cancelled and `.closed` after `close()`; no byte is lost.
    package func fill() async throws(MachineFailure) -> Bool {
        if hasEnded { return false }
        guard try await input.read(into: &buffer) > 0 else {
            hasEnded = true
            return false
        }
        return true
    }

    /// The next line; nil when `fill` must be called, or at the end.
    ///
    /// The last line of an input needs no line feed.
    package func next() -> LineBuffer.Line? {
        buffer.next() ?? (hasEnded ? buffer.finish() : nil)
    }

    /// Ends the input; whoever waits in `fill` is told.
    package func close() { input.close() }
}
