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
        var text: [UInt8] = []
        text.reserveCapacity(24)
        append(year, 4, "-", to: &text)
        append(month < 10 ? month + 3 : month - 9, 2, "-", to: &text)
        append(day, 2, "T", to: &text)
        append(time / 3600, 2, ":", to: &text)
        append(time / 60 % 60, 2, ":", to: &text)
        append(time % 60, 2, ".", to: &text)
        append(milliseconds, 3, "Z", to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// So many digits at least, and what comes behind them.
    private static func append(
        _ number: Int, _ digits: Int, _ mark: Unicode.Scalar?, to text: inout [UInt8]
    ) {
        if digits > 1 || number.magnitude > 9 { append(number / 10, digits - 1, nil, to: &text) }
        text.append(UInt8(ascii: "0") + UInt8(number.magnitude % 10))
        if let mark { text.append(UInt8(ascii: mark)) }
    }
}
