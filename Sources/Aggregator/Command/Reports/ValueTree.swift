import Aggregator
import Wire

/// A JSON value taken apart to be compared and printed: what means the same has the same form.
///
/// The order of members, white space, escapes and the spelling of numbers mean nothing.
struct ValueTree: Sendable {
    /// What it is made of.
    enum Body: Sendable {
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
        form = Semantics.json(value)
        var spelling = ""
        switch value.kind {
        case .object:
            body = .object(value.members.map { ($0.key.string ?? "", Self($0.value)) })
        case .array: body = .array(value.elements.map(Self.init))
        case .string:
            body = .string(value.text ?? [])
            spelling = String(decoding: value.raw, as: UTF8.self)
        case .number, .true, .false, .null:
            body = .word
            spelling = String(decoding: value.raw, as: UTF8.self)
        }
        self.spelling = spelling
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
        raw == other.raw || Semantics.json(self) == Semantics.json(other)
    }
}
