// `struct timespec` belongs to whichever C module includes <time.h> first: this one in some builds.
import CEvent

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The time of day, for people and for what outlives a process.
package enum WallClock {
    /// The present moment in UTC to the millisecond, as ISO 8601 writes it.
    package static var now: String {
        let (seconds, attoseconds) = sinceEpoch.components
        return text(
            seconds: Int(seconds), milliseconds: Int(attoseconds / 1_000_000_000_000_000))
    }

    /// The time since the beginning of 1970 in UTC, which processes on other machines know too.
    package static var sinceEpoch: Duration {
        var moment = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &moment)
        return .seconds(Int64(moment.tv_sec)) + .nanoseconds(Int64(moment.tv_nsec))
    }

    /// A moment since 1970 as text; by hand, because `struct tm` belongs to whichever C module
    /// happens to include it first.
    package static func text(seconds: Int, milliseconds: Int) -> String {
        // Days are counted from the 1st of March of the year 0, so that leap days come last.
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = era * 400 + yearOfEra + (month < 10 ? 0 : 1)
        let time = seconds % 86_400
        let date = "\(year)-\(pad(month < 10 ? month + 3 : month - 9))-\(pad(day))"
        let clock = "\(pad(time / 3600)):\(pad(time / 60 % 60)):\(pad(time % 60))"
        return "\(date)T\(clock).\(milliseconds < 100 ? "0" : "")\(pad(milliseconds))Z"
    }

    private static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
