import Synchronization

/// What one upstream has been through since the process started; shown by `status`.
package final class Counters: Sendable {
    package struct Values: Sendable {
        package var calls = 0
        package var failures = 0
        package var cancelled = 0
        package var starts = 0
        package var losses = 0
        package var skippedLines = 0
        package var questions = 0
    }

    private let values = Mutex(Values())

    package init() {}

    /// Adds one to a figure.
    package func count(_ field: (inout Values) -> Void) { values.withLock { field(&$0) } }

    /// The figures at this moment.
    package var snapshot: Values { values.withLock { $0 } }
}
