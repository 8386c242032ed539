/// An immutable map from byte strings, looked up by a range of bytes without allocating.
///
/// A `Dictionary` would want a key of its own type for every look-up, and hash it byte by byte.
package struct ByteMap<Element> {
    private var elements: [Element] = []
    private var entries: [ByteMapEntry] = []
    /// All keys, end to end.
    private var keys: [UInt8] = []
    /// Open addressing: index of an entry plus one, 0 for free.
    ///
    /// Its size is a power of two.
    private var table: [Int32]
    private let seed: UInt64

    /// A map of pairs.
    ///
    /// Of two pairs with the same key the first one counts.
    package init(_ pairs: some Collection<(key: [UInt8], value: Element)>) {
        // Keys come from other people: the seed keeps them from choosing collisions.
        seed = UInt64(bitPattern: Int64(Hasher().finalize()))
        var size = 4
        while size < pairs.count * 2 { size *= 2 }
        table = Array(repeating: 0, count: size)
        entries.reserveCapacity(pairs.count)
        for pair in pairs { insert(pair.key, pair.value) }
    }

    /// How many keys it has.
    package var count: Int { entries.count }

    /// The value for a key; nil when there is none.
    package subscript(_ key: [UInt8]) -> Element? { self[key, 0..<key.count] }

    /// The value for the key that lies in a range of `bytes`; nil when there is none.
    package subscript(_ bytes: [UInt8], _ range: Range<Int>) -> Element? {
        let source = bytes.span
        let hash = blockHash(source, range, seed: seed)
        var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[place] != 0 {
            let index = Int(table[place]) - 1
            if entries[index].hash == hash, matches(entries[index], source, range) {
                return elements[index]
            }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    private mutating func insert(_ key: [UInt8], _ value: Element) {
        guard self[key] == nil else { return }
        let hash = blockHash(key.span, 0..<key.count, seed: seed)
        var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[place] != 0 { place = (place + 1) & (table.count - 1) }
        let lower = keys.count
        keys.append(contentsOf: key)
        entries.append(ByteMapEntry(hash: hash, lower: lower, upper: keys.count))
        elements.append(value)
        table[place] = Int32(entries.count)
    }

    private func matches(_ entry: ByteMapEntry, _ source: Span<UInt8>, _ range: Range<Int>) -> Bool
    {
        guard entry.upper - entry.lower == range.count else { return false }
        let keys = keys.span
        for offset in 0..<range.count
        where keys.byte(entry.lower + offset) != source.byte(range.lowerBound + offset) {
            return false
        }
        return true
    }
}

extension ByteMap: Sendable where Element: Sendable {}

/// Where a key lies among all keys, and its hash.
private struct ByteMapEntry: Sendable {
    let hash: UInt64
    let lower: Int
    let upper: Int
}

/// Hashes a range of bytes as one block, eight at a time (multiply and fold).
private func blockHash(_ bytes: Span<UInt8>, _ range: Range<Int>, seed: UInt64) -> UInt64 {
    var hash = seed ^ UInt64(truncatingIfNeeded: range.count)
    func mix(_ word: UInt64) {
        let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        hash = product.high ^ product.low
    }
    var at = range.lowerBound
    while at + 8 <= range.upperBound {
        mix(bytes.word(at))
        at += 8
    }
    let rest = UInt64(8 * (range.upperBound - at))
    mix(rest == 0 ? 0 : bytes.word(at) & (1 << rest - 1))
    mix(seed)
    return hash
}
