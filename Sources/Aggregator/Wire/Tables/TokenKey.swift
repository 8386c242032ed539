/// The exact bytes of a short token, such as a request's id, as a key: `1`, `"1"` and `1.0` differ.
///
/// Tokens of up to sixteen bytes, which nearly all ids are, need no array of their own.
package struct TokenKey: Sendable, Equatable {
    @usableFromInline
    let low: UInt64
    @usableFromInline
    let high: UInt64
    @usableFromInline
    let count: Int
    @usableFromInline
    let long: [UInt8]?

    /// The key of no token at all.
    @inlinable
    package init() { (low, high, count, long) = (0, 0, 0, nil) }

    /// The key of the token at an extent of `bytes`.
    package init(_ bytes: [UInt8], _ extent: Extent) {
        count = extent.count
        guard count <= 16 else {
            (low, high, long) = (0, 0, Array(bytes[extent.range]))
            return
        }
        let start = Int(extent.lower)
        let unused = UInt64(64 &- 8 &* min(count, 8))
        low = count == 0 ? 0 : bytes.span.word(start) << unused
        high = count <= 8 ? 0 : bytes.span.word(start + 8) << UInt64(128 &- 8 &* count)
        long = nil
    }

    /// Whether it is the key of no token at all.
    @inlinable
    package var isNone: Bool { count == 0 }

    /// Long tokens are compared last.
    @inlinable
    package static func == (one: TokenKey, other: TokenKey) -> Bool {
        one.low == other.low && one.high == other.high && one.count == other.count
            && (one.count <= 16 || one.long == other.long)
    }

    /// A hash that nobody who does not know the seed can make collide.
    package func hash(seed: UInt64) -> UInt64 {
        guard let long else { return fold(fold(seed ^ UInt64(count), low), high) }
        return blockHash(long.span, 0..<long.count, seed: seed)
    }
}
