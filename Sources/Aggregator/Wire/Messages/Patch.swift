/// The bytes that splices put in: up to 64 of them without an array of their own.
///
/// The ids, names and tokens of one call usually fit.
struct Patch: Sendable {
    private var near = InlineArray<64, UInt8>(repeating: 0)
    private(set) var count = 0
    /// All bytes, once they are more than fit.
    private var far: [UInt8] = []
    /// Whether a carriage return or line feed is among them.
    private(set) var hasLineBreaks = false

    /// Adds bytes at the end.
    mutating func append(_ bytes: ArraySlice<UInt8>) {
        guard far.isEmpty, count + bytes.count <= near.count else { return spill(bytes) }
        for byte in bytes { place(byte) }
    }

    /// Adds one byte at the end.
    mutating func append(_ byte: UInt8) {
        guard far.isEmpty, count < near.count else { return spill([byte]) }
        place(byte)
    }

    /// Adds a decimal number.
    mutating func append(digitsOf number: UInt64) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = 20
        var rest = number
        repeat {
            start -= 1
            digits[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        for index in start..<20 { append(digits[index]) }
    }

    /// Writes some of the bytes to the end of a buffer.
    func write(_ range: Range<Int>, into buffer: inout [UInt8]) {
        guard far.isEmpty else { return buffer.append(contentsOf: far[range]) }
        buffer.append(addingCapacity: range.count) { output in
            for index in range { output.append(near[index]) }
        }
    }

    private mutating func place(_ byte: UInt8) {
        near[count] = byte
        count += 1
        if byte == 0x0A || byte == 0x0D { hasLineBreaks = true }
    }

    private mutating func spill(_ bytes: ArraySlice<UInt8>) {
        if far.isEmpty { for index in 0..<count { far.append(near[index]) } }
        for byte in bytes where byte == 0x0A || byte == 0x0D { hasLineBreaks = true }
        far.append(contentsOf: bytes)
        count = far.count
    }
}
