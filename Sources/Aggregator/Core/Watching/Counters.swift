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

    /// The figures at one moment.
    package struct Values: Sendable {
        package var calls = 0
        package var failures = 0
        package var cancelled = 0
        package var starts = 0
        package var losses = 0
        package var skippedLines = 0
        package var questions = 0
    }

    /// The figures at this moment.
    package var snapshot: Values {
        Values(
            calls: calls.value, failures: failures.value, cancelled: cancelled.value,
            starts: starts.value, losses: losses.value, skippedLines: skippedLines.value,
            questions: questions.value)
    }
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
