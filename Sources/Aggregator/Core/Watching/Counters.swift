import Synchronization

/// What one upstream has been through since the process started; shown by `status`.
package final class Counters: Sendable {
    /// Requests that clients sent its way.
    package let calls = Counter()
    package let failures = Counter()
    package let cancelled = Counter()
    /// How often it was started, and how often it was lost again.
    package let starts = Counter()
    package let losses = Counter()
    /// Lines of it that were no messages.
    package let skippedLines = Counter()
    /// What it asked of clients.
    package let questions = Counter()

    package init() {}
}

/// A number that only grows.
package final class Counter: Sendable {
    private let number = Atomic(0)

    package init() {}

    /// Adds to it.
    package func add(_ count: Int) { number.add(count, ordering: .relaxed) }

    /// The number at this moment.
    package var value: Int { number.load(ordering: .relaxed) }
}
