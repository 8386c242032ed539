package import Wire

/// Lines from an input, for the one task that owns it.
package final class LineReader {
    private let input: Input
    /// Unchecked, as overlapping accesses need a second task, and there is one only: to check each
    /// access costs more than to take a line.
    @exclusivity(unchecked) private var lines: Lines
    /// Whether `interruptible` is under way.
    private var isInterruptible = false

    /// Cuts what `input` brings into lines of at most `limit` bytes.
    package init(_ input: Input, limit: Int = Limits.standard.bytes) {
        self.input = input
        unsafe lines = Lines(buffer: LineBuffer(limit: limit))
    }

    /// Runs `body`, in which cancelling the task ends every wait of `fill`.
    ///
    /// `fill` sees to that by itself elsewhere, but setting up a cancellation handler for each read
    /// costs more than the read.
    package func interruptible<Result>(_ body: () async -> Result) async -> Result {
        isInterruptible = true
        defer { isInterruptible = false }
        return await withTaskCancellationHandler(operation: body) { [input] in input.interrupt() }
    }

    /// Suspends until more was read; false at the end.
    ///
    /// Take every line with `next` before.
    ///
    /// Throws `.cancelled` when the task is cancelled and `.closed` after `close()`; no byte is lost.
    package func fill() async throws(MachineFailure) -> Bool {
        while unsafe !lines.hasEnded {
            if isInterruptible {
                await Resumption.suspend(input.park)
                if Task.isCancelled { throw MachineFailure.cancelled }
            } else {
                try await input.readable()
            }
            switch unsafe try input.read(into: &lines.buffer) {
            case nil: continue
            case 0: unsafe lines.hasEnded = true
            default: return true
            }
        }
        return false
    }

    /// The next line; nil when `fill` must be called, or at the end.
    ///
    /// The last line of an input needs no line feed.
    package func next() -> LineBuffer.Line? { unsafe lines.next() }

    /// What was read; one value, so that taking a line is one access.
    private struct Lines {
        var buffer: LineBuffer
        var hasEnded = false

        mutating func next() -> LineBuffer.Line? {
            buffer.next() ?? (hasEnded ? buffer.finish() : nil)
        }
    }

    /// Ends the input; whoever waits in `fill` is told.
    package func close() { input.close() }
}
