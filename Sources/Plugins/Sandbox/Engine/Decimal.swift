/// A number as its digits and the power of ten that they are multiplied with: two spellings of one
/// number are equal.
package struct Decimal: Sendable, Hashable {
    /// The digits without zeros at either end; nothing for zero.
    package let digits: [UInt8]
    /// The power of ten of the last digit.
    package let exponent: Int
    package let isNegative: Bool

    /// Reads the token of a JSON number; nil when its exponent is beyond all use.
    package init?(_ token: ArraySlice<UInt8>) {
        var rest = token
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        var all: [UInt8] = []
        var power = 0
        var isFraction = false
        while let byte = rest.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                all.append(byte)
                if isFraction { power -= 1 }
            }
            rest = rest.dropFirst()
        }
        guard let given = Self.exponent(rest.dropFirst()) else { return nil }
        power += given
        while all.last == UInt8(ascii: "0") {
            all.removeLast()
            power += 1
        }
        digits = Array(all.drop { $0 == UInt8(ascii: "0") })
        exponent = digits.isEmpty ? 0 : power
    }

    /// An exponent that can be reckoned with; nil beyond all measure.
    private static func exponent(_ text: ArraySlice<UInt8>) -> Int? {
        guard !text.isEmpty else { return 0 }
        let given = Int(String(decoding: text, as: UTF8.self))
        return given.flatMap { (-1_000_000_000...1_000_000_000).contains($0) ? $0 : nil }
    }

    /// Whether the nearest double, written as shortly as possible, is this very number.
    package var isDouble: Bool {
        if digits.count <= 15, abs(exponent) < 290 { return true }
        guard let double = Double("\(isNegative ? "-" : "")\(text)e\(exponent)"), double.isFinite
        else { return false }
        return Decimal(Array(double.description.utf8)[...]) == self
    }

    private var text: String { String(decoding: digits, as: UTF8.self) }
}
