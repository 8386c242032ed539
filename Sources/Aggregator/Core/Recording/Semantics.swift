package import Wire

/// JSON in one form of all that mean the same: members by their names, the last of those that are
/// repeated, numbers and strings in one spelling, no white space.
package enum Semantics {
    /// The form of a value.
    package static func json(_ value: Value) -> [UInt8] {
        var writer = JSONWriter()
        write(value, into: &writer)
        return writer.bytes
    }

    private static func write(_ value: Value, into writer: inout JSONWriter) {
        switch value.kind {
        case .object:
            writer.beginObject()
            for (key, member) in sorted(value) {
                writer.key(key)
                write(member, into: &writer)
            }
            writer.endObject()
        case .array:
            writer.beginArray()
            for element in value.elements { write(element, into: &writer) }
            writer.endArray()
        case .string: writer.string(value.string ?? "")
        case .number: writer.raw(number(value.raw))
        case .true, .false, .null: writer.raw(value.raw)
        }
    }

    /// The members of an object by their names.
    package static func sorted(_ object: Value) -> [(key: String, value: Value)] {
        var members: [String: Value] = [:]
        for (key, value) in object.members { members[key.string ?? ""] = value }
        return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// A number without what does not change it: `1.0`, `10e-1` and `1` are `1`.
    static func number(_ token: ArraySlice<UInt8>) -> [UInt8] {
        var digits: [UInt8] = []
        var exponent = 0
        var isNegative = false
        var isFraction = false
        var rest = token
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                // An exponent beyond all bounds is left as it is written.
                guard let number = Int(String(decoding: rest, as: UTF8.self)),
                    number.magnitude < 1 << 31
                else { return Array(token) }
                exponent += number
                rest = []
            default:
                if isFraction { exponent -= 1 }
                digits.append(byte)
            }
        }
        return written(digits, exponent, isNegative)
    }

    private static func written(
        _ digits: [UInt8], _ exponent: Int, _ isNegative: Bool
    ) -> [UInt8] {
        let zero = UInt8(ascii: "0")
        var exponent = exponent
        var digits = Array(digits.drop { $0 == zero })
        while digits.last == zero {
            digits.removeLast()
            exponent += 1
        }
        guard !digits.isEmpty else { return [zero] }
        var bytes = isNegative ? [UInt8(ascii: "-")] : []
        if (0...20).contains(exponent) {
            bytes += digits + [UInt8](repeating: zero, count: exponent)
        } else if exponent < 0, -exponent < digits.count {
            let point = digits.count + exponent
            bytes += digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
        } else if exponent < 0, -exponent <= digits.count + 20 {
            let gap = -exponent - digits.count
            bytes += Array("0.".utf8) + [UInt8](repeating: zero, count: gap) + digits
        } else {
            bytes += digits + Array("e\(exponent)".utf8)
        }
        return bytes
    }
}
