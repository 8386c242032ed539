#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The time of day, for people.
package enum WallClock {
    /// The present moment in UTC to the millisecond, as ISO 8601 writes it.
    package static var now: String {
        var moment = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &moment)
        var parts = unsafe tm()
        unsafe gmtime_r(&moment.tv_sec, &parts)
        let date = unsafe "\(parts.tm_year + 1900)-\(pad(parts.tm_mon + 1))-\(pad(parts.tm_mday))"
        let time = unsafe "\(pad(parts.tm_hour)):\(pad(parts.tm_min)):\(pad(parts.tm_sec))"
        let thousandths = moment.tv_nsec / 1_000_000
        return "\(date)T\(time).\(thousandths < 100 ? "0" : "")\(pad(Int32(thousandths)))Z"
    }

    private static func pad(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
