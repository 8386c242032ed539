/// A small seeded generator (SplitMix64), so that a failing test can be repeated.
package struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator whose whole sequence follows from `seed`.
    package init(_ seed: UInt64) { state = seed }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed &>> 31)
    }

    /// A number in `0..<bound`; close enough to even for tests.
    package mutating func next(below bound: UInt64) -> UInt64 {
        next().multipliedFullWidth(by: bound).high
    }

    /// A number in `0..<bound`.
    package mutating func index(_ bound: Int) -> Int { Int(next(below: UInt64(max(1, bound)))) }

    /// True once in `times`, on average.
    package mutating func once(in times: Int) -> Bool { index(times) == 0 }

    /// One of the elements; nil of an empty collection.
    package mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[index(elements.count)]
    }
}
