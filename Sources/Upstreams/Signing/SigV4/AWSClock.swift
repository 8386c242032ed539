package import Machine
import Synchronization

/// The time of day as AWS has it: ours, and what a service's own clock has taught.
///
/// One for the whole process: signatures are refused when they are five minutes off.
package final class AWSClock: Sendable {
    /// How far our clock may be off before it is corrected, in seconds.
    private static let tolerance: Int64 = 240

    private let local: @Sendable () -> Int64
    private let offset = Mutex<Int64>(0)

    /// A clock over one of this machine; seconds since 1970.
    package init(
        _ local: @escaping @Sendable () -> Int64 = { WallClock.sinceEpoch.components.seconds }
    ) {
        self.local = local
    }

    /// The present moment, in seconds since 1970.
    package var now: Int64 { local() + offset.withLock { $0 } }

    /// Takes over the time of a service's answer if ours is far from it; whether it was.
    package func learn(from fields: HTTPFields) -> Bool {
        guard let date = fields["date"].flatMap(Moment.seconds(httpDate:)) else { return false }
        guard abs(date - now) > Self.tolerance else { return false }
        let correction = date - local()
        offset.withLock { $0 = correction }
        return true
    }

    /// Whether a request that was signed at a moment (`X-Amz-Date`) and refused for it can be signed
    /// better now: because of this answer, or because of what another one has taught meanwhile.
    func corrects(_ date: String?, after fields: HTTPFields) -> Bool {
        if learn(from: fields) { return true }
        guard let signed = date.flatMap(Moment.seconds(amzDate:)) else { return false }
        return abs(signed - now) > Self.tolerance
    }
}
