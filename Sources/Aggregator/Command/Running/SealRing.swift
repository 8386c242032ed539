import Aggregator
import Machine
import Synchronization

/// What seals the tokens that are handed out: with the keys of the configuration, the newest first,
/// or with one that no other process has.
///
/// Its own key opens what it sealed when there were no others yet.
final class SealRing: Sealer {
    private let own = SealKey.random()
    private let seal: Mutex<Seal>

    /// Seals with these keys, or its own when there are none.
    init(_ keys: [SealKey]) { seal = Mutex(Seal(keys + [own])) }

    /// From now on seals with the first of these, and opens with no others but its own.
    func adopt(_ keys: [SealKey]) {
        let new = Seal(keys + [own])
        seal.withLock { $0 = new }
    }

    func seal(
        _ record: [UInt8], purpose: String, principal: String, expires: Duration
    ) -> String {
        seal.withLock { $0 }
            .seal(record, purpose: purpose, principal: principal, expires: expires)
    }

    func open(_ token: String, purpose: String, principal: String) -> [UInt8]? {
        seal.withLock { $0 }.open(token, purpose: purpose, principal: principal)
    }
}
