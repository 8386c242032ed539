import Machine
import Synchronization

/// Output of commands that are not servers: written at once, in full.
enum StandardOutput {
    private static let isIncomplete = Mutex(false)

    /// Writes a text to standard output.
    static func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes bytes to standard output.
    static func write(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        if let failure = StandardStreams.outage ?? DirectOutput.write(bytes, to: 1) {
            miss(failure)
        }
    }

    /// Notes that a part of the result could not be written, and says why if that is known.
    static func miss(_ failure: MachineFailure?) {
        let isFirst = isIncomplete.withLock { isIncomplete in
            defer { isIncomplete = true }
            return !isIncomplete
        }
        // A reader that has seen enough is no news.
        guard isFirst, let failure, failure.code != .closed else { return }
        StandardError.write("manifold: Standard output is incomplete. \(failure.message)\n")
    }

    /// The exit code of a command that ends with `code`: no success without its whole result.
    static func exitCode(_ code: Int32) -> Int32 {
        code == ExitCode.success && isIncomplete.withLock { $0 } ? ExitCode.failure : code
    }
}

/// Words for the person in front of the terminal that are not the result.
enum StandardError {
    /// Writes a text to standard error.
    static func write(_ text: String) { DirectOutput.write(Array(text.utf8), to: 2) }
}
