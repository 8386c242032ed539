/// A message about to be sent: the bytes that came, and the splices that change them.
///
/// Splices may come in any order and must not overlap. What no splice covers is written exactly as
/// it came. Up to four splices live in the draft itself and share one array for their bytes.
package struct Draft: Sendable {
    /// The message as it came.
    package let message: Message
    private var near = InlineArray<4, Splice>(repeating: Splice())
    private var far: [Splice] = []
    private var count = 0
    private var patch: [UInt8] = []
    private var patchHasLineBreaks = false

    /// A draft that changes nothing yet.
    package init(_ message: Message) { self.message = message }

    /// Whether nothing was spliced, so that the message goes out as it came.
    package var isUnchanged: Bool { count == 0 }

    /// Puts `bytes` in the place of an extent of the message.
    package mutating func replace(_ extent: Extent, with bytes: some Collection<UInt8>) {
        let start = patch.count
        patch.append(contentsOf: bytes)
        splice(extent, patchedFrom: start)
    }

    /// Puts a decimal number in the place of an extent of the message.
    package mutating func replace(_ extent: Extent, withInteger number: some FixedWidthInteger) {
        let start = patch.count
        appendDecimal(number, to: &patch)
        splice(extent, patchedFrom: start)
    }

    /// Puts `bytes` before the byte at `offset`. What was inserted there earlier stays before it.
    package mutating func insert(_ bytes: some Collection<UInt8>, at offset: Int) {
        replace(Extent(offset..<offset), with: bytes)
    }

    /// Leaves out an extent of the message.
    package mutating func remove(_ extent: Extent) {
        splice(extent, patchedFrom: patch.count)
    }
}

/// One change: the bytes from `lower` to `upper` give way to those from `from` to `to` of the patch.
private struct Splice {
    var lower: UInt32 = 0
    var upper: UInt32 = 0
    var from: UInt32 = 0
    var to: UInt32 = 0

    /// Whether it stands before another one. Insertions at one place keep the order they came in,
    /// and stand before what replaces the bytes behind them.
    func precedes(_ other: Splice) -> Bool {
        (lower, upper) <= (other.lower, other.upper)
    }
}

extension Draft {
    private subscript(_ index: Int) -> Splice {
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

extension Draft {
    /// Appends the message as it now stands, without a newline at its end and without any inside.
    ///
    /// A raw line break can only stand between tokens, where it means nothing, and would cut the
    /// message in two on a line transport.
    package func write(into buffer: inout [UInt8]) {
        let start = buffer.count
        let needed = start + message.bytes.count + patch.count
        // Asking for the exact size each time would copy a growing buffer each time.
        if buffer.capacity < needed { buffer.reserveCapacity(max(needed, 2 * buffer.capacity)) }
        var at = 0
        for index in 0..<count {
            let splice = self[index]
            buffer.append(contentsOf: message.bytes[at..<Int(splice.lower)])
            buffer.append(contentsOf: patch[Int(splice.from)..<Int(splice.to)])
            at = Int(splice.upper)
        }
        buffer.append(contentsOf: message.bytes[at...])
        if message.hasLineBreaks || patchHasLineBreaks { buffer.removeLineBreaks(from: start) }
    }

    /// The message as it now stands.
    package var bytes: [UInt8] {
        if isUnchanged && !message.hasLineBreaks { return message.bytes }
        var bytes: [UInt8] = []
        write(into: &bytes)
        return bytes
    }
}

extension [UInt8] {
    /// Drops every carriage return and line feed from an offset on.
    fileprivate mutating func removeLineBreaks(from start: Int) {
        var kept = start
        for index in start..<count where self[index] != 0x0A && self[index] != 0x0D {
            self[kept] = self[index]
            kept += 1
        }
        removeLast(count - kept)
    }
}
