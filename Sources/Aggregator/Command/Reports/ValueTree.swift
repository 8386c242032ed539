import Sandbox
import Wire

/// A JSON value taken apart to be compared and printed: what means the same has the same form.
///
/// The order of members, white space, escapes and the spelling of numbers mean nothing.
struct ValueTree: Sendable {
    /// What it is made of.
    indirect enum Body: Sendable {
        case object([(key: String, value: ValueTree)])
        case array([ValueTree])
        case string([UInt8])
        case word
    }

    let body: Body
    /// JSON that is the same for all values that mean the same.
    let form: [UInt8]
    /// The value as it is spelled, for what has no parts.
    let spelling: String

    /// Takes a well-formed value apart.
    init(_ value: Value) {
        switch value.kind {
        case .object:
            let members = value.members.map { (key: $0.key.string ?? "", value: Self($0.value)) }
            body = .object(members)
            let sorted = members.sorted { $0.key < $1.key }
            form = Self.joined(
                sorted.map { JSONWriter.quoted($0.key) + [0x3A] + $0.value.form }, "{}")
            spelling = ""
        case .array:
            let elements = value.elements.map(Self.init)
            body = .array(elements)
            form = Self.joined(elements.map(\.form), "[]")
            spelling = ""
        case .string:
            let text = value.text ?? []
            body = .string(text)
            form = JSONWriter.quoted(String(decoding: text, as: UTF8.self))
            spelling = String(decoding: value.raw, as: UTF8.self)
        case .number, .true, .false, .null:
            body = .word
            spelling = String(decoding: value.raw, as: UTF8.self)
            form = Decimal(value.raw).flatMap(Self.form) ?? value.copy()
        }
    }

    private static func joined(_ parts: [[UInt8]], _ brackets: StaticString) -> [UInt8] {
        let ends = Array(brackets.description.utf8)
        return [ends[0]] + Array(parts.joined(separator: [0x2C])) + [ends[1]]
    }

    /// One spelling for all of one number; nil for what is none.
    private static func form(_ number: Decimal) -> [UInt8]? {
        guard number.digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        if number.digits.isEmpty { return [0x30] }
        return Array("\(number.isNegative ? "-" : "")".utf8) + number.digits
            + Array("e\(number.exponent)".utf8)
    }

    /// Whether it has parts to be printed on lines of their own.
    var isNested: Bool {
        switch body {
        case .object(let members): !members.isEmpty
        case .array(let elements): !elements.isEmpty
        case .string, .word: false
        }
    }

    /// The value on one line, where it has no parts.
    var line: String {
        switch body {
        case .object: "{}"
        case .array: "[]"
        case .string, .word: spelling
        }
    }
}

extension Value {
    /// Whether two values mean the same, however they are spelled.
    func means(_ other: Value) -> Bool {
        raw == other.raw || ValueTree(self).form == ValueTree(other).form
    }
}
