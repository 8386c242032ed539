/// The value of a header field: never a line break, NUL or another control character in it, so that
/// no value can become a field, or a message, of its own.
package struct FieldValue: Sendable, Hashable {
    /// Its bytes, without blanks at the ends.
    package let bytes: ArraySlice<UInt8>

    /// A part of a head that a parser has judged.
    init(judged bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// A value of these bytes, blanks at the ends left out; nil when a control character other than
    /// a tab is among them.
    package init?(_ bytes: [UInt8]) {
        guard bytes.allSatisfy(isFieldText) else { return nil }
        self.bytes = bytes[bytes.span.trimmed(0..<bytes.count)]
    }

    /// The same of a text.
    package init?(_ text: String) { self.init(Array(text.utf8)) }

    /// A number in decimal digits.
    package init(_ number: Int) {
        var digits: [UInt8] = []
        appendDecimal(number, to: &digits)
        bytes = digits[...]
    }

    /// Whether a text can be the value of a field: without control characters other than tabs.
    package static func isWellFormed(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices where !isFieldText(bytes[index]) { return false }
        return true
    }

    /// Its text; bytes that are not UTF-8 become U+FFFD.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension FieldValue: ExpressibleByStringLiteral {
    /// A value known when the program is written.
    package init(stringLiteral text: String) {
        guard let value = FieldValue(text) else {
            preconditionFailure("A field's value must not hold control characters.")
        }
        self = value
    }
}
