import Wire

/// What is under way, by what it is called: numbers that were given out, ids that came from outside.
///
/// A `Dictionary` costs three times as much for an entry that comes and goes, which is what nearly
/// all of them do. Its places are tried one after another from the key's own (linear probing).
struct WaitingTable<Key: WaitingKey, Value> {
    /// A free place has `Key.none`; there are a power of two of them, half of them free.
    private var keys = Array(repeating: Key.none, count: 16)
    private var values: [Value?] = Array(repeating: nil, count: 16)
    /// How many entries it holds.
    private(set) var count = 0

    private var mask: Int { keys.count &- 1 }

    var isEmpty: Bool { count == 0 }

    /// Everything in it, in no order.
    var entries: [(key: Key, value: Value)] {
        zip(keys, values).compactMap { key, value in value.map { (key, $0) } }
    }

    /// Adds a value; false if there is one with its key already.
    mutating func insert(_ value: consuming Value, at key: Key) -> Bool {
        if count &* 2 >= keys.count { grow() }
        let index = index(of: key)
        guard keys.span[index].isNone else { return false }
        keys[index] = key
        values[index] = consume value
        count &+= 1
        return true
    }

    /// Takes out the value with a key; nil when there is none.
    mutating func remove(_ key: Key) -> Value? {
        var hole = index(of: key)
        let value = values[hole].take()
        guard value != nil else { return nil }
        count &-= 1
        // Whoever was pushed on by the one that leaves moves up.
        var index = (hole &+ 1) & mask
        while !keys.span[index].isNone {
            if (index &- keys.span[index].place) & mask >= (index &- hole) & mask {
                keys.swapAt(hole, index)
                values.swapAt(hole, index)
                hole = index
            }
            index = (index &+ 1) & mask
        }
        keys[hole] = .none
        return value
    }

    /// The value with a key; setting it changes one that is there.
    subscript(_ key: Key) -> Value? {
        get { values[index(of: key)] }
        set {
            let index = index(of: key)
            if !keys[index].isNone, newValue != nil { values[index] = newValue }
        }
    }

    /// The place of a key, or the free one where it would be.
    private func index(of key: Key) -> Int {
        var index = key.place & mask
        // A span lends its elements, where an array would hand out a copy of each.
        let keys = keys.span
        while !keys[index].isNone, !keys[index].isSame(as: key) { index = (index &+ 1) & mask }
        return index
    }

    private mutating func grow() {
        let old = entries
        keys = Array(repeating: .none, count: keys.count * 2)
        values = Array(repeating: nil, count: keys.count)
        count = 0
        for (key, value) in old { _ = insert(value, at: key) }
    }
}

extension WaitingTable: Sendable where Value: Sendable {}

/// What calls something in a `WaitingTable`.
protocol WaitingKey: Sendable {
    /// A key that nothing has.
    static var none: Self { get }
    var isNone: Bool { get }
    /// Equality, asked for here because a requirement of another module's type is not inlined.
    func isSame(as other: Self) -> Bool
    /// Where in a table it is looked for first; its lowest bits count.
    var place: Int { get }
}

/// Numbers that are given out one after another, from one.
extension Int: WaitingKey {
    static var none: Int { 0 }
    var isNone: Bool { self == 0 }
    func isSame(as other: Int) -> Bool { self == other }
    /// An odd factor puts neighbours apart, so that no long runs form.
    var place: Int { self &* 21 }
}

extension TokenKey: WaitingKey {
    static var none: TokenKey { TokenKey() }
    func isSame(as other: TokenKey) -> Bool { self == other }

    /// Other people choose ids: the seed keeps them from choosing collisions.
    var place: Int { Int(truncatingIfNeeded: hash(seed: Self.seed)) }

    private static let seed = UInt64.random(in: .min ... .max)
}
