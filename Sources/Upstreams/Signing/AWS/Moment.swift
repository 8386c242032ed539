import Machine

/// Moments as AWS writes them, to and from seconds since 1970.
package enum Moment {
    /// As `X-Amz-Date` has it: `20260115T123456Z`.
    package static func amzDate(_ seconds: Int64) -> String {
        let text = WallClock.text(seconds: Int(seconds), milliseconds: 0).utf8
        var digits = text.prefix { $0 != UInt8(ascii: ".") }
            .filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        digits.append(UInt8(ascii: "Z"))
        return String(decoding: digits, as: UTF8.self)
    }

    /// Reads the same; nil when it is none.
    package static func seconds(amzDate text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
            let date = numbers(bytes[..<8]), let time = numbers(bytes[9..<15])
        else { return nil }
        return moment(
            date / 10_000, date / 100 % 100, date % 100,
            [time / 10_000, time / 100 % 100, time % 100])
    }

    private static func numbers(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// As ISO 8601 has it: `2026-01-15T12:34:56Z`.
    package static func text(_ seconds: Int64) -> String {
        WallClock.text(seconds: Int(seconds), milliseconds: 0).prefix { $0 != "." } + "Z"
    }

    /// Reads ISO 8601 with any offset, `Z`, the `UTC` of older files, or none, which means UTC; nil
    /// when it is none.
    package static func seconds(iso text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19, let date = numbers(bytes[..<10], "-", [4, 2, 2]),
            "Tt ".utf8.contains(bytes[10]), let time = numbers(bytes[11..<19], ":", [2, 2, 2])
        else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst().drop { (0x30...0x39).contains($0) }
        }
        guard let offset = offset(String(decoding: rest, as: UTF8.self)) else { return nil }
        return moment(date[0], date[1], date[2], time).map { $0 - offset }
    }

    /// Reads a `Date` field (RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`).
    package static func seconds(httpDate text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]),
            let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3]),
            let time = numbers(Array(parts[4].utf8)[...], ":", [2, 2, 2])
        else { return nil }
        return moment(year, Int64(month + 1), day, time)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func moment(_ year: Int64, _ month: Int64, _ day: Int64, _ time: [Int64])
        -> Int64?
    {
        guard (1...12).contains(month), (1...31).contains(day), (1970...9999).contains(year),
            time[0] < 24, time[1] < 60, time[2] <= 60
        else { return nil }
        // Years begin in March here, so that leap days come last.
        let years = month > 2 ? year : year - 1
        let era = years / 400
        let yearOfEra = years % 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (days - 719_468) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
    }

    /// Numbers of these many digits with a separator between them.
    private static func numbers(
        _ bytes: ArraySlice<UInt8>, _ separator: String, _ digits: [Int]
    ) -> [Int64]? {
        let parts = String(decoding: bytes, as: UTF8.self)
            .split(separator: Character(separator), omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == digits else { return nil }
        let isNumeric = parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        let values = parts.compactMap { Int64($0) }
        return isNumeric && values.count == digits.count ? values : nil
    }

    /// Seconds east of Greenwich.
    private static func offset(_ zone: String) -> Int64? {
        if ["", "Z", "z", "UTC"].contains(zone) { return 0 }
        let digits = zone.dropFirst().filter { $0 != ":" }
        guard let sign = zone.first, "+-".contains(sign), digits.utf8.count == 4,
            let number = Int64(digits), number >= 0
        else { return nil }
        return (sign == "-" ? -1 : 1) * (number / 100 * 3600 + number % 100 * 60)
    }
}
