/// A number with a unit, as people write durations and sizes: `1.5 MiB`, `500 ms`, `3`.
struct Quantity {
    private let whole: Int
    /// The digits after the point; three are enough for any unit.
    private let thousandths: Int
    private let unit: String

    /// The parts of a text, or nil when it is not a number with at most a unit.
    init?(_ text: String) {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int(parts[0]) else { return nil }
        let digits = parts.count == 2 ? parts[1] : "0"
        guard (1...3).contains(digits.count), let fraction = Int(digits) else { return nil }
        self.whole = whole
        thousandths = fraction * [100, 10, 1][digits.count - 1]
        let rest = text.dropFirst(number.count)
        unit = String(rest.first == " " ? rest.dropFirst() : rest)
        if unit.isEmpty && !rest.isEmpty { return nil }
    }

    /// The quantity in units of this many, or nil when that is beyond any use.
    private func times(_ size: Int) -> Int? {
        let (product, overflow) = whole.multipliedReportingOverflow(by: size)
        let (sum, carry) = product.addingReportingOverflow(thousandths * size / 1000)
        return overflow || carry ? nil : sum
    }
}

extension Quantity {
    /// Bytes by unit; without a unit the number is of bytes.
    private static let sizes = [
        "": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
        "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000,
    ]

    /// The quantity as bytes: at most 1 TiB.
    var bytes: Int? {
        guard let bytes = Self.sizes[unit].flatMap(times), bytes <= 1 << 40 else { return nil }
        return bytes
    }

    /// Bytes in the largest unit that gives a whole number.
    static func written(_ bytes: Int) -> String {
        let fitting = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
            .first { bytes >= $0.1 && bytes.isMultiple(of: $0.1) }
        return fitting.map { "\(bytes / $0.1) \($0.0)" } ?? "\(bytes) B"
    }
}

extension Quantity {
    /// Nanoseconds by unit; without a unit the number is of seconds.
    private static let times = [
        "": 1_000_000_000, "ms": 1_000_000, "s": 1_000_000_000, "min": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]

    /// The quantity as a duration: at most 366 days.
    var duration: Duration? {
        let nanoseconds = Self.times[unit].flatMap(times)
        let duration = nanoseconds.map { Duration.nanoseconds($0) }
        return duration.flatMap { $0 <= .seconds(366 * 24 * 3600) ? $0 : nil }
    }

    /// A duration in seconds, or in milliseconds when it is no whole number of seconds.
    static func written(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        guard attoseconds != 0 else { return "\(seconds) s" }
        return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}

extension Duration {
    /// A duration as people write it, such as `500 ms`, `30s` or `2 min`; a bare number is seconds.
    package init?(written text: String) {
        guard let duration = Quantity(text)?.duration else { return nil }
        self = duration
    }
}
