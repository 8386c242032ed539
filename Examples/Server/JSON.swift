import Wire

/// JSON that is about to be written; its literals read like what goes over the wire.
indirect enum JSON: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case array([JSON])
    case object([(key: String, value: JSON)])
    /// A value of a message that came in: its bytes go out again as they are.
    case value(Wire.Value)
    /// Text that is JSON already.
    case raw(String)

    /// Writes it on one line.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .integer(let value): writer.integer(value)
        case .string(let text): writer.string(text)
        case .value(let value): writer.value(value)
        case .raw(let text): writer.raw(Array(text.utf8))
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.key)
                member.value.write(to: &writer)
            }
            writer.endObject()
        }
    }

    /// The text of it.
    var text: String {
        var writer = JSONWriter()
        write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// An object with the members of this one and of another after them.
    func with(_ more: JSON) -> JSON {
        guard case .object(let members) = self, case .object(let others) = more else { return self }
        return .object(members + others)
    }
}

extension JSON: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .string(text) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(members.map { (key: $0.0, value: $0.1) })
    }
}

extension String {
    /// The JSON of a value of a message that came in.
    static func text(of value: Value?) -> String {
        value.map { JSON.value($0).text } ?? "null"
    }
}
