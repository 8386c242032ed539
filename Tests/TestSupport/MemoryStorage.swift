package import Aggregator
import Synchronization

/// Keeps the warm catalog in memory.
package final class MemoryStorage: CatalogStorage {
    private let bytes = Mutex<[UInt8]?>(nil)

    /// A storage in which nothing was saved yet.
    package init() {}

    package func load() -> [UInt8]? { bytes.withLock { $0 } }

    package func save(_ new: [UInt8]) async { bytes.withLock { $0 = new } }

    /// Puts down what an earlier process is to have saved.
    package func preset(_ new: [UInt8]?) { bytes.withLock { $0 = new } }
}

/// Keeps the lines of a log.
package final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    /// An empty log.
    package init() {}

    /// Everything logged so far.
    package var all: [String] { lines.withLock { $0 } }

    /// The log as the domain takes it.
    package var log: Log {
        Log(threshold: .debug) { [self] level, line in
            lines.withLock { $0.append("\(level.name): \(line)") }
        }
    }
}
