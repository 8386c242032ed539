import CCrypto

/// SHA-256 (FIPS 180-4) over bytes that come piece by piece.
///
/// A copy goes on from where it was made, so that what many messages begin with is digested once.
package struct SHA256: Sendable {
    private var context = SHA256_CTX()

    /// The digest of these bytes, to which more may be added.
    package init(_ bytes: [UInt8] = []) {
        let isReady = unsafe SHA256_Init(&context) == 1
        precondition(isReady, "libcrypto offers no SHA-256.")
        add(bytes)
    }

    /// Goes on with these bytes.
    package mutating func add(_ bytes: [UInt8]) {
        _ = unsafe SHA256_Update(&context, bytes, bytes.count)
    }

    /// The 32 bytes of the digest of all that was added.
    package var digest: [UInt8] {
        var context = context
        return unsafe [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            _ = unsafe SHA256_Final(digest.baseAddress, &context)
            count = 32
        }
    }
}

/// A key of HMAC-SHA256 (RFC 2104), worked out as far as it is the same for every message: half of
/// what the code of a short one costs.
package struct HMACKey: Sendable {
    private static let blockSize = 64

    private let inner: SHA256
    private let outer: SHA256

    /// A key of any length.
    package init(_ key: [UInt8]) {
        var block = key.count > Self.blockSize ? Digest.sha256(key) : key
        block += [UInt8](repeating: 0, count: Self.blockSize - block.count)
        inner = SHA256(block.map { $0 ^ 0x36 })
        outer = SHA256(block.map { $0 ^ 0x5C })
    }

    /// The 32 bytes of a message's code, which only who knows the key can make.
    package func code(of message: [UInt8]) -> [UInt8] {
        var (inner, outer) = (inner, outer)
        inner.add(message)
        outer.add(inner.digest)
        return outer.digest
    }
}
