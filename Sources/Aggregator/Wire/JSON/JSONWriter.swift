/// Writes JSON on one line, and keeps the commas right.
package struct JSONWriter: Sendable {
    /// What was written so far.
    package var bytes: [UInt8]
    private var needsComma = false

    /// A writer that appends to `bytes`.
    package init(appendingTo bytes: [UInt8] = []) { self.bytes = bytes }

    /// Opens an object.
    package mutating func beginObject() { open(0x7B) }

    /// Closes the object that is open.
    package mutating func endObject() { close(0x7D) }

    /// Opens an array.
    package mutating func beginArray() { open(0x5B) }

    /// Closes the array that is open.
    package mutating func endArray() { close(0x5D) }

    /// Writes the key of the next value.
    package mutating func key(_ name: String) {
        separate()
        appendQuoted(name, to: &bytes)
        bytes.append(0x3A)
        needsComma = false
    }

    /// Writes a string.
    package mutating func string(_ text: String) {
        separate()
        appendQuoted(text, to: &bytes)
    }

    /// Writes an integer.
    @inlinable
    package mutating func integer(_ number: some FixedWidthInteger) {
        separate()
        appendDecimal(number, to: &bytes)
    }

    /// Writes a truth value.
    package mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes `null`.
    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a value that is JSON already, on one line, as it is.
    package mutating func raw(_ json: [UInt8]) {
        raw(json[...])
    }

    /// Writes a value that is JSON already, on one line, as it is.
    package mutating func raw(_ json: ArraySlice<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Writes a value of another text without the white space between its tokens.
    package mutating func value(_ value: Value) {
        separate()
        value.appendCompact(to: &bytes)
    }

    /// A string as JSON, with its quotes.
    package static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        appendQuoted(text, to: &bytes)
        return bytes
    }

    /// A value without the white space between its tokens, and otherwise byte for byte as it is.
    package static func compact(_ value: Value) -> [UInt8] {
        var bytes: [UInt8] = []
        value.appendCompact(to: &bytes)
        return bytes
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    /// Writes the comma before a key or value that is not the first, and expects the next one.
    @usableFromInline
    mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }
}
