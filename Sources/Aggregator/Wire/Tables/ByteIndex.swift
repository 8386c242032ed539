/// The numbers of byte strings, in the order they were added: what a `ByteMap` looks up.
///
/// Not generic, so that it is compiled once and called from every module.
package struct ByteIndex: Sendable {
    private var entries: [Entry] = []
    /// All keys, end to end.
    private var keys: [UInt8] = []
    /// Open addressing: index of an entry plus one, 0 for free.
    ///
    /// Its size is a power of two.
    private var table: [Int32]
    private let seed: UInt64

    /// Where a key lies among all keys, and its hash.
    private struct Entry: Sendable {
        let hash: UInt64
        let lower: Int
        let upper: Int
    }

    /// An index with room for a number of keys.
    package init(capacity: Int) {
        // Keys come from other people: the seed keeps them from choosing collisions.
        seed = UInt64(bitPattern: Int64(Hasher().finalize()))
        var size = 4
        while size < capacity * 2 { size *= 2 }
        table = Array(repeating: 0, count: size)
        entries.reserveCapacity(capacity)
    }

    /// How many keys it has.
    package var count: Int { entries.count }

    /// The number of the key that lies in a range of `bytes`; nil when there is none.
    package subscript(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        let source = bytes.span
        let hash = blockHash(source, range, seed: seed)
        var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[place] != 0 {
            let index = Int(table[place]) - 1
            if entries[index].hash == hash, matches(entries[index], source, range) { return index }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    /// Adds a key under the next number; false if it is there already.
    ///
    /// There must be room for it.
    package mutating func insert(_ key: [UInt8]) -> Bool {
        guard self[key, 0..<key.count] == nil else { return false }
        let hash = blockHash(key.span, 0..<key.count, seed: seed)
        var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[place] != 0 { place = (place + 1) & (table.count - 1) }
        let lower = keys.count
        keys.append(contentsOf: key)
        entries.append(Entry(hash: hash, lower: lower, upper: keys.count))
        table[place] = Int32(entries.count)
        return true
    }

    private func matches(_ entry: Entry, _ source: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard entry.upper - entry.lower == range.count else { return false }
        let keys = keys.span
        var offset = 0
        while offset &+ 8 <= range.count {
            let one = keys.word(entry.lower &+ offset)
            guard one == source.word(range.lowerBound &+ offset) else { return false }
            offset &+= 8
        }
        let rest = UInt64(8 &* (range.count &- offset))
        let difference =
            keys.word(entry.lower &+ offset) ^ source.word(range.lowerBound &+ offset)
        return difference & (1 &<< rest &- 1) == 0
    }
}
