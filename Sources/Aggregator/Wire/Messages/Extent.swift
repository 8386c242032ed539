/// Where something lies in the bytes of a message: a half-open range of byte offsets.
///
/// Half the size of a `Range<Int>`, because a message carries a dozen of them by value.
package struct Extent: Sendable, Hashable {
    /// Offset of the first byte.
    package let lower: UInt32
    /// Offset just after the last byte.
    package let upper: UInt32

    /// The extent that covers `range`, whose bounds must fit 32 bits.
    package init(_ range: Range<Int>) {
        lower = UInt32(range.lowerBound)
        upper = UInt32(range.upperBound)
    }

    /// The extent between two offsets, in their order.
    fileprivate init(lower: UInt32, upper: UInt32) {
        self.lower = lower
        self.upper = upper
    }

    /// The same as a range of array indices.
    package var range: Range<Int> { Int(lower)..<Int(upper) }

    /// How many bytes it covers.
    package var count: Int { Int(upper) - Int(lower) }
}

/// An extent that may be missing, in eight bytes.
///
/// Nothing that is found ends at offset 0, so an upper bound of 0 says "not there".
struct Slot: Sendable {
    private var lower: UInt32 = 0
    private var upper: UInt32 = 0

    /// An extent that is not there.
    init() {}

    /// The extent between two offsets.
    init(_ lower: Int, _ upper: Int) {
        self.lower = UInt32(truncatingIfNeeded: lower)
        self.upper = UInt32(truncatingIfNeeded: upper)
    }

    var isEmpty: Bool { upper == 0 }

    var extent: Extent? { isEmpty ? nil : Extent(lower: lower, upper: upper) }
}
