import Synchronization

/// The last lines that an upstream wrote for people, kept for whoever asks why it failed.
///
/// They may hold anything, so they are only ever shown to the user who runs the process.
package final class Trail: Sendable {
    private let lines = Mutex<[String]>([])
    private static let most = 20

    package init() {}

    /// Adds a line; the oldest one goes when there are too many.
    package func note(_ line: String) {
        lines.withLock { lines in
            if lines.count == Self.most { lines.removeFirst() }
            lines.append(line)
        }
    }

    /// What is kept, oldest first.
    package var last: [String] { lines.withLock { $0 } }
}
