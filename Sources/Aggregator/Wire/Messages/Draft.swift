/// A message about to be sent: the bytes that came, and the splices that change them.
///
/// Splices may come in any order and must not overlap. What no splice covers is written exactly as
/// it came. A value: a copy that is changed leaves the other alone.
package struct Draft: Sendable {
    /// The message as it came.
    package let message: Message
    private(set) var edits: Edits?

    /// A draft that changes nothing yet.
    package init(_ message: Message) { self.message = message }

    /// Whether nothing was spliced, so that the message goes out as it came.
    package var isUnchanged: Bool { edits == nil }

    /// Puts `bytes` in the place of an extent of the message.
    package mutating func replace(_ extent: Extent, with bytes: [UInt8]) {
        replace(extent, with: bytes[...])
    }

    /// Puts `bytes` in the place of an extent of the message.
    package mutating func replace(_ extent: Extent, with bytes: ArraySlice<UInt8>) {
        splice(extent) { $0.append(bytes) }
    }

    /// Puts a decimal number in the place of an extent of the message, without allocating for it.
    package mutating func replace(_ extent: Extent, withInteger number: Int) {
        splice(extent) { patch in
            if number < 0 { patch.append(0x2D) }
            patch.append(digitsOf: UInt64(number.magnitude))
        }
    }

    /// Puts `bytes` before the byte at `offset`.
    ///
    /// What was inserted there earlier stays before it.
    package mutating func insert(_ bytes: [UInt8], at offset: Int) {
        replace(Extent(offset..<offset), with: bytes)
    }

    /// Leaves out an extent of the message.
    package mutating func remove(_ extent: Extent) {
        splice(extent) { _ in }
    }

    private mutating func splice(_ extent: Extent, _ fill: (inout Patch) -> Void) {
        precondition(Int(extent.upper) <= message.bytes.count, "A splice lies outside the message.")
        let edits = ownEdits()
        let start = edits.patch.count
        fill(&edits.patch)
        edits.insert(
            Splice(
                lower: extent.lower, upper: extent.upper, from: UInt32(start),
                to: UInt32(edits.patch.count)))
    }

    /// Edits that no other draft sees.
    private mutating func ownEdits() -> Edits {
        if isKnownUniquelyReferenced(&edits), let edits { return edits }
        let own = edits.map(Edits.init(copying:)) ?? Edits()
        edits = own
        return own
    }
}
