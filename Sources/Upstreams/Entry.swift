import Aggregator
import Synchronization

/// An upstream's entry as the configuration has it now: parts of it may change while a server
/// is connected.
final class Entry: Sendable {
    let name: String
    private let latest: Mutex<Configuration.Upstream>

    /// The entry that the configuration begins with.
    init(_ upstream: Configuration.Upstream) {
        name = upstream.name
        latest = Mutex(upstream)
    }

    /// What it says at the moment.
    var now: Configuration.Upstream { latest.withLock { $0 } }

    /// How long it says to wait: read at every call, so nothing else is copied.
    var timeouts: Configuration.Timeouts { latest.withLock { $0.timeouts } }

    /// Replaces it by one of the same kind and settings.
    func adopt(_ upstream: Configuration.Upstream) { latest.withLock { $0 = upstream } }
}
