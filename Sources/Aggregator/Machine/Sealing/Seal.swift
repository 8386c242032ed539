import Wire

/// Seals records into tokens with AES-256-GCM.
///
/// A token is `m1.` and, in base64 for URLs, the key's id (4 bytes), 16 random bytes, and the sealed
/// expiry and record. Each token has a key of its own: the HMAC-SHA256 of the 16 bytes under the
/// master key. So a nonce is never used twice, however many replicas share a master key.
package struct Seal: Sendable {
    private static let prefix = "m1."
    private static let saltCount = 16

    private let keys: [SealKey]
    private let now: @Sendable () -> Duration

    /// Seals with the first key and opens with all of them.
    ///
    /// To rotate: put a new key first, and remove the old one when its tokens have expired. `now` is
    /// the time since 1970 (UTC).
    package init(
        _ keys: [SealKey], now: @escaping @Sendable () -> Duration = { WallClock.sinceEpoch }
    ) {
        precondition(!keys.isEmpty, "Sealing needs a key.")
        self.keys = keys
        self.now = now
    }

    /// A token that holds a record until a moment, the time since 1970.
    package func seal(
        _ record: [UInt8], purpose: String, principal: String, expires: Duration
    ) -> String {
        let key = keys[0]
        let salt = Randomness.bytes(Self.saltCount)
        let sealed = AuthenticatedCipher.seal(
            Self.bytes(of: expires) + record, key: Digest.hmac(key: key.bytes, salt),
            associated: Self.associated(purpose, principal))
        return Self.prefix + Base64.encodeForURL(key.id + salt + sealed)
    }

    /// The record of a token; nil for one that is not for this purpose and principal, was changed,
    /// is under a key that is not known, or has expired.
    package func open(_ token: String, purpose: String, principal: String) -> [UInt8]? {
        guard token.hasPrefix(Self.prefix),
            let bytes = Base64.decodeForURL(token.dropFirst(Self.prefix.count)),
            bytes.count >= 4 + Self.saltCount
        else { return nil }
        let id = Array(bytes[..<4])
        let salt = Array(bytes[4..<4 + Self.saltCount])
        let sealed = Array(bytes[(4 + Self.saltCount)...])
        let associated = Self.associated(purpose, principal)
        for key in keys where key.id == id {
            let own = Digest.hmac(key: key.bytes, salt)
            if let plain = AuthenticatedCipher.open(sealed, key: own, associated: associated) {
                return fresh(plain)
            }
        }
        return nil
    }

    private func fresh(_ plain: [UInt8]) -> [UInt8]? {
        guard plain.count >= 8 else { return nil }
        let expires = plain[..<8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return Self.milliseconds(now()) < expires ? Array(plain[8...]) : nil
    }

    /// Both texts, so that no part of one can pass for a part of the other.
    private static func associated(_ purpose: String, _ principal: String) -> [UInt8] {
        let purpose = Array(purpose.utf8)
        return bytes(of: Int64(purpose.count)) + purpose + Array(principal.utf8)
    }

    private static func bytes(of expires: Duration) -> [UInt8] { bytes(of: milliseconds(expires)) }

    private static func bytes(of number: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }

    private static func milliseconds(_ time: Duration) -> Int64 {
        let (seconds, attoseconds) = time.components
        let bounded = min(max(seconds, 0), Int64.max / 2000)
        return bounded * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
