/// The fields of a response, in the order they came.
package struct HTTPFields: Sendable {
    /// Every field with the name as it was written.
    package private(set) var all: [(name: String, value: String)]

    /// These fields, in this order.
    package init(_ all: [(name: String, value: String)] = []) { self.all = all }

    /// The first value of a field, whatever the case of its name.
    package subscript(name: String) -> String? {
        all.first { Self.areEqual($0.name, name) }?.value
    }

    /// Every value of a field, whatever the case of its name.
    package func values(_ name: String) -> [String] {
        all.filter { Self.areEqual($0.name, name) }.map(\.value)
    }

    /// Adds a field.
    mutating func append(_ name: String, _ value: String) { all.append((name, value)) }

    /// Adds to the last field's value: a line that was folded.
    mutating func extend(_ value: String) {
        guard let last = all.indices.last else { return }
        all[last].value += " \(value)"
    }

    /// Whether two names of fields are the same.
    package static func areEqual(_ one: String, _ other: String) -> Bool {
        let (one, other) = (one.utf8.span, other.utf8.span)
        guard one.count == other.count else { return false }
        for index in one.indices where lower(one[index]) != lower(other[index]) { return false }
        return true
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
