/// The header fields of a request or response, in their order and their spelling.
///
/// Names are tokens and values have no control characters, whoever made them: what is written can
/// be read in one way only. The fields of a request are ranges of its head's bytes.
package struct Fields: Sendable {
    /// Where one field stands in `bytes`.
    struct Entry: Sendable {
        var name: UInt32
        var value: UInt32
        var valueCount: UInt32
        var nameCount: UInt16
        var known: KnownField

        init(_ known: KnownField, name: Range<Int>, value: Range<Int>) {
            self.known = known
            self.name = UInt32(name.lowerBound)
            nameCount = UInt16(name.count)
            self.value = UInt32(value.lowerBound)
            valueCount = UInt32(value.count)
        }

        var nameRange: Range<Int> { Int(name)..<(Int(name) + Int(nameCount)) }
        var valueRange: Range<Int> { Int(value)..<(Int(value) + Int(valueCount)) }
    }

    var bytes: [UInt8]
    var entries: [Entry]

    /// No fields.
    package init() {
        bytes = []
        entries = []
    }

    /// What a parser found in the bytes of a head.
    init(bytes: [UInt8], entries: [Entry]) {
        self.bytes = bytes
        self.entries = entries
    }
}

extension Fields: ExpressibleByDictionaryLiteral {
    /// These fields in this order.
    package init(dictionaryLiteral elements: (FieldName, FieldValue)...) {
        self.init()
        for (name, value) in elements { append(name, value) }
    }
}

extension Fields: RandomAccessCollection {
    /// One field: its name as it is spelled, and its value.
    package typealias Element = (name: FieldName, value: FieldValue)

    package var startIndex: Int { 0 }
    package var endIndex: Int { entries.count }

    package subscript(position: Int) -> Element {
        let entry = entries[position]
        let name = FieldName(entry.known, spelled: bytes[entry.nameRange])
        return (name, FieldValue(judged: bytes[entry.valueRange]))
    }
}

extension Fields: Equatable {
    /// Whether both have the same fields in the same order; names without regard to case.
    package static func == (one: Fields, other: Fields) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { $0 == $1 }
    }
}
