/// Appends a number in decimal digits, without a detour through a `String`.
@inlinable
package func appendDecimal(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    if number < 0 { bytes.append(0x2D) }
    appendDigits(UInt64(number.magnitude), to: &bytes)
}

/// Appends the digits of a number without a sign.
@usableFromInline
func appendDigits(_ number: UInt64, to bytes: inout [UInt8]) {
    if number < 100_000_000 { return appendShort(number, to: &bytes) }
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var first = 20
    var rest = number
    repeat {
        first -= 1
        digits[first] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
    } while rest > 0
    bytes.append(addingCapacity: 20) { output in
        for index in first..<20 { output.append(digits[index]) }
    }
}

/// The same for up to eight digits, which fit in a word: the first one ends up lowest.
private func appendShort(_ number: UInt64, to bytes: inout [UInt8]) {
    var word: UInt64 = 0
    var count = 0
    var rest = UInt32(truncatingIfNeeded: number)
    repeat {
        word = word &<< 8 | UInt64(0x30 &+ rest % 10)
        count &+= 1
        rest /= 10
    } while rest > 0
    bytes.append(word, count)
}
