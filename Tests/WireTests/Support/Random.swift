/// A small seeded generator (SplitMix64), so that a failure can be repeated by its seed.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// A number from 0 to just below `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }

    /// One element of a table.
    mutating func pick<Element>(_ table: [Element]) -> Element { table[below(table.count)] }
}
