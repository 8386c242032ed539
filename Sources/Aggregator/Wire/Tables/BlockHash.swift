/// Hashes a range of bytes as one block, eight at a time.
func blockHash(_ bytes: Span<UInt8>, _ range: Range<Int>, seed: UInt64) -> UInt64 {
    var hash = seed ^ UInt64(truncatingIfNeeded: range.count)
    var at = range.lowerBound
    while at + 8 <= range.upperBound {
        hash = fold(hash, bytes.word(at))
        at += 8
    }
    let rest = UInt64(8 * (range.upperBound - at))
    return fold(fold(hash, rest == 0 ? 0 : bytes.word(at) & (1 << rest - 1)), seed)
}

/// Takes one more word into a hash: multiply, then fold the halves of the product.
@inline(__always)
func fold(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
}
