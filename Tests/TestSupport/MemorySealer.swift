import Aggregator
import Synchronization

/// Sealing for tests: the records stay here, and tokens are numbers.
package final class MemorySealer: Sealer {
    private struct Record {
        let bytes: [UInt8]
        let purpose: String
        let principal: String
        let expires: Duration
    }

    private let records = Mutex<[String: Record]>([:])
    private let now: @Sendable () -> Duration

    /// `now` is the time since 1970.
    package init(now: @escaping @Sendable () -> Duration = { .zero }) { self.now = now }

    package func seal(
        _ record: [UInt8], purpose: String, principal: String, expires: Duration
    ) -> String {
        records.withLock { records in
            let token = "sealed-\(records.count + 1)"
            records[token] = Record(
                bytes: record, purpose: purpose, principal: principal, expires: expires)
            return token
        }
    }

    package func open(_ token: String, purpose: String, principal: String) -> [UInt8]? {
        guard let record = records.withLock({ $0[token] }), record.purpose == purpose,
            record.principal == principal, now() < record.expires
        else { return nil }
        return record.bytes
    }
}
