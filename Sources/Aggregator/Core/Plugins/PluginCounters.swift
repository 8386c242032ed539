import Synchronization
package import Wire

/// What one plugin has done since it was loaded; shown by `status`.
package final class PluginCounters: Sendable {
    /// What it changed, answered itself, refused, dropped or hid.
    package let changes = Counter()
    /// What it could not judge.
    package let errors = Counter()
    private let times = Mutex(Times())

    package init() {}

    /// Notes that it has seen something, and how long that took it.
    func hit(took time: Duration) { times.withLock { $0.note(time) } }

    /// The figures at one moment.
    package struct Values: Sendable {
        /// How often it was asked.
        package let hits: Int
        package let changes: Int
        package let errors: Int
        /// How long half of what it saw took it at most, and 99 of 100; nil before the first.
        package let median: Duration?
        package let slowest: Duration?
    }

    /// The figures at this moment.
    package var snapshot: Values {
        let times = times.withLock { $0 }
        return Values(
            hits: times.count, changes: changes.value, errors: errors.value,
            median: times.quantile(0.5), slowest: times.quantile(0.99))
    }
}

/// How often something took how long, told a quarter too high at most: four steps from one power of
/// two to the next, of microseconds.
private struct Times: Sendable {
    private static let octaves = 28
    private var counts = [Int](repeating: 0, count: 4 * octaves)
    private(set) var count = 0

    mutating func note(_ time: Duration) {
        counts[Self.place(max(0, Int(time / .microseconds(1))))] += 1
        count += 1
    }

    /// The upper end of the step in which this part of all is reached.
    func quantile(_ part: Double) -> Duration? {
        guard count > 0 else { return nil }
        var rest = Int((Double(count) * part).rounded(.up))
        for (place, number) in counts.enumerated() {
            rest -= number
            if rest <= 0 { return .microseconds(Self.end(place)) }
        }
        return nil
    }

    private static func place(_ microseconds: Int) -> Int {
        guard microseconds >= 4 else { return microseconds }
        let octave = Int.bitWidth - 1 - microseconds.leadingZeroBitCount
        let quarter = microseconds >> (octave - 2) & 3
        return min(4 * (octave - 1) + quarter, 4 * octaves - 1)
    }

    private static func end(_ place: Int) -> Int {
        guard place >= 4 else { return place + 1 }
        let (octave, quarter) = (place / 4 + 1, place % 4)
        return (4 + quarter + 1) << (octave - 2)
    }
}

extension Plugin {
    /// Writes the object that `status` sends.
    package func writeStatus(into writer: inout JSONWriter) {
        let values = counters.snapshot
        writer.beginObject()
        writer.member("name", name)
        writer.member("kind", kind)
        for (key, value) in [
            ("hits", values.hits), ("changes", values.changes), ("errors", values.errors),
        ] {
            writer.key(key)
            writer.integer(value)
        }
        for (key, time) in [("p50", values.median), ("p99", values.slowest)] {
            guard let time else { continue }
            writer.key("\(key)Microseconds")
            writer.integer(Int(time / .microseconds(1)))
        }
        if !remarks.isEmpty {
            writer.key("remarks")
            writer.beginArray()
            for remark in remarks { writer.string(remark) }
            writer.endArray()
        }
        writer.endObject()
    }
}
