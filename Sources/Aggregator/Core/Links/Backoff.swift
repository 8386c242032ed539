/// When to try an upstream again: doubling delays with full jitter, and a breaker.
///
/// A value without a clock or randomness of its own; `Link` supplies both.
package struct Backoff: Sendable, Equatable {
    /// Tries in a row that did not last.
    package private(set) var failures = 0

    /// After this many failures in a row, calls are refused at once instead of waiting.
    package static let patience = 5
    private static let first = 0.5
    private static let longest = 60.0

    package init() {}

    /// Whether so much has failed in a row that nobody should wait for this upstream.
    package var isBroken: Bool { failures >= Self.patience }

    /// Notes a failure and returns how long to wait; `fraction` in 0...1 is the jitter.
    package mutating func failed(fraction: Double) -> Duration {
        failures += 1
        let ceiling = min(Self.longest, Self.first * Double(1 << min(failures - 1, 20)))
        // An open breaker never tries in quick succession, whatever the jitter says.
        let floor = isBroken ? ceiling / 2 : 0
        let seconds = floor + (ceiling - floor) * fraction
        return .milliseconds(Int(seconds * 1000))
    }

    /// Notes that the upstream did useful work: the next failure is a first one again.
    package mutating func succeeded() { failures = 0 }
}
