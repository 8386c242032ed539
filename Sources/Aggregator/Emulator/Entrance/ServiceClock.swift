import Machine
import Signing
import Synchronization

/// The platform's time of day, as clients meet it: this machine's, unless a fault has moved it.
final class ServiceClock: Sendable {
    private let wall: @Sendable () -> Duration
    private let skew = Mutex(Duration.zero)

    /// A clock over this machine's, which tells the time since 1970.
    init(_ wall: @escaping @Sendable () -> Duration) { self.wall = wall }

    /// The time since 1970.
    var now: Duration { wall() + skew.withLock { $0 } }

    /// The same in whole seconds.
    var seconds: Int64 { now.components.seconds }

    /// Moves it; zero puts it right.
    func move(by skew: Duration) { self.skew.withLock { $0 = skew } }

    /// The time as a `Date` field has it (RFC 9110, section 5.6.7).
    var httpDate: String { Self.httpDate(seconds) }

    /// A moment as a `Date` field has it.
    static func httpDate(_ seconds: Int64) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let text = Moment.amzDate(seconds)
        let digits = text.map(String.init)
        guard text.count == 16, let month = Int(digits[4..<6].joined()) else { return "" }
        let day = days[Int(seconds / 86_400 % 7)]
        let time =
            "\(digits[9..<11].joined()):\(digits[11..<13].joined()):\(digits[13..<15].joined())"
        let date = "\(digits[6..<8].joined()) \(months[month - 1]) \(digits[..<4].joined())"
        return "\(day), \(date) \(time) GMT"
    }
}
