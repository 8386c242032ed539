/// A message about to be sent: the bytes that came, and the splices that change them.
///
/// Splices may come in any order and must not overlap. What no splice covers is written exactly as
/// it came. Up to four splices live in the draft itself and share one array for their bytes.
package struct Draft: Sendable {
    /// The message as it came.
    package let message: Message
    private var near = InlineArray<4, Splice>(repeating: Splice())
    private var far: [Splice] = []
    private(set) var count = 0
    private(set) var patch: [UInt8] = []
    private(set) var patchHasLineBreaks = false

    /// A draft that changes nothing yet.
    package init(_ message: Message) { self.message = message }

    /// Whether nothing was spliced, so that the message goes out as it came.
    package var isUnchanged: Bool { count == 0 }

    /// Puts `bytes` in the place of an extent of the message.
    package mutating func replace(_ extent: Extent, with bytes: [UInt8]) {
        replace(extent, with: bytes[...])
    }

    /// Puts `bytes` in the place of an extent of the message.
    package mutating func replace(_ extent: Extent, with bytes: ArraySlice<UInt8>) {
        let start = beginPatch(bytes.count)
        patch.append(contentsOf: bytes)
        splice(extent, patchedFrom: start)
    }

    /// Puts a decimal number in the place of an extent of the message, without allocating for it.
    @inlinable
    package mutating func replace(_ extent: Extent, withInteger number: some FixedWidthInteger) {
        replace(extent, isNegative: number < 0, magnitude: UInt64(number.magnitude))
    }

    @usableFromInline
    mutating func replace(_ extent: Extent, isNegative: Bool, magnitude: UInt64) {
        let start = beginPatch(20)
        if isNegative { patch.append(0x2D) }
        appendDigits(magnitude, to: &patch)
        splice(extent, patchedFrom: start)
    }

    /// Puts `bytes` before the byte at `offset`.
    ///
    /// What was inserted there earlier stays before it.
    package mutating func insert(_ bytes: [UInt8], at offset: Int) {
        replace(Extent(offset..<offset), with: bytes)
    }

    /// Leaves out an extent of the message.
    package mutating func remove(_ extent: Extent) {
        splice(extent, patchedFrom: patch.count)
    }
}

/// One change: the bytes from `lower` to `upper` give way to those from `from` to `to` of the patch.
struct Splice: Sendable {
    var lower: UInt32 = 0
    var upper: UInt32 = 0
    var from: UInt32 = 0
    var to: UInt32 = 0

    /// Whether it stands before another one.
    ///
    /// Insertions at one place keep the order they came in, and stand before what replaces the
    /// bytes behind them.
    func precedes(_ other: Splice) -> Bool {
        (lower, upper) <= (other.lower, other.upper)
    }
}

extension Draft {
    /// The splices in the order of their places.
    private(set) subscript(_ index: Int) -> Splice {
        get { index < 4 ? near[index] : far[index - 4] }
        set {
            if index < 4 {
                near[index] = newValue
            } else if index - 4 < far.count {
                far[index - 4] = newValue
            } else {
                far.append(newValue)
            }
        }
    }

    /// Makes room for a patch; returns where it begins.
    ///
    /// Ids, names and tokens of one call usually fit in what the first one asks for.
    private mutating func beginPatch(_ count: Int) -> Int {
        if patch.isEmpty { patch.reserveCapacity(max(96, count + 32)) }
        return patch.count
    }

    /// Adds a splice in its place among the others.
    private mutating func splice(_ extent: Extent, patchedFrom start: Int) {
        precondition(Int(extent.upper) <= message.bytes.count, "A splice lies outside the message.")
        for byte in patch[start...] where byte == 0x0A || byte == 0x0D { patchHasLineBreaks = true }
        let new = Splice(
            lower: extent.lower, upper: extent.upper, from: UInt32(start), to: UInt32(patch.count))
        var index = count
        while index > 0, !self[index - 1].precedes(new) {
            self[index] = self[index - 1]
            index -= 1
        }
        self[index] = new
        count += 1
        precondition(
            (index == 0 || self[index - 1].upper <= new.lower)
                && (index + 1 == count || new.upper <= self[index + 1].lower),
            "Two splices of one message overlap.")
    }
}
