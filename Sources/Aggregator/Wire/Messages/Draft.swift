/// A message about to be sent: the bytes that came, and the splices that change them.
///
/// Splices may come in any order and must not overlap. What no splice covers is written exactly as
/// it came. A value: a copy that is changed leaves the other alone.
package struct Draft: Sendable {
    /// The message as it came.
    package let message: Message
    private(set) var changes = Changes.none

    /// What the splices come to; most messages have one at most, which needs no memory of its own.
    enum Changes: Sendable {
        case none
        /// Bytes without line breaks in the place of an extent.
        case one(Extent, [UInt8])
        case many(Edits)
    }

    /// A draft that changes nothing yet.
    package init(_ message: Message) { self.message = message }

    /// A draft with a JSON token, which holds no line breaks, in the place of an extent.
    package init(_ message: Message, replacing extent: Extent, with token: [UInt8]) {
        self.message = message
        changes = .one(extent, token)
        check(extent)
    }

    /// Whether nothing was spliced, so that the message goes out as it came.
    package var isUnchanged: Bool {
        if case .none = changes { true } else { false }
    }

    /// Puts `bytes` in the place of an extent of the message.
    package mutating func replace(_ extent: Extent, with bytes: [UInt8]) {
        guard isUnchanged, !bytes.hasLineBreaks else { return replace(extent, with: bytes[...]) }
        check(extent)
        changes = .one(extent, bytes)
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

    private func check(_ extent: Extent) {
        precondition(Int(extent.upper) <= message.bytes.count, "A splice lies outside the message.")
    }

    private mutating func splice(_ extent: Extent, _ fill: (inout Patch) -> Void) {
        check(extent)
        ownEdits().add(extent, fill)
    }

    /// Edits that no other draft sees.
    private mutating func ownEdits() -> Edits {
        let own: Edits
        switch changes {
        case .none: own = Edits()
        case .one(let extent, let bytes):
            own = Edits()
            own.add(extent) { $0.append(bytes[...]) }
        case .many(var edits):
            changes = .none
            own = isKnownUniquelyReferenced(&edits) ? edits : Edits(copying: edits)
        }
        changes = .many(own)
        return own
    }
}
