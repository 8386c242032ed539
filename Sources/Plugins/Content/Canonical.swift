import Wire

/// JSON in one form of all that mean the same: members by their names, no white space.
enum Canonical {
    /// The form of a value; numbers and strings keep their spelling.
    static func json(_ value: Value) -> [UInt8] {
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
        case .string, .number, .true, .false, .null: writer.raw(value.raw)
        }
    }

    private static func sorted(_ object: Value) -> [(String, Value)] {
        object.members.map { ($0.key.string ?? "", $0.value) }.sorted { $0.0 < $1.0 }
    }

    // MARK: Differences

    /// How many differences are told, and how much of each value.
    private static let most = 8
    private static let width = 80

    /// Where and how one canonical text is not the other, each place as a JSON pointer (RFC 6901).
    static func difference(_ old: [UInt8], _ new: [UInt8]) -> [String] {
        var lines: [String] = []
        compare(
            Value(old, Extent(0..<old.count)), Value(new, Extent(0..<new.count)), "", &lines)
        guard lines.count > most else { return lines }
        return lines.prefix(most) + ["and \(lines.count - most) more"]
    }

    private static func compare(
        _ old: Value, _ new: Value, _ pointer: String, _ lines: inout [String]
    ) {
        guard old.raw != new.raw else { return }
        guard old.kind == .object, new.kind == .object else {
            lines.append("\(place(pointer)) was \(shown(old)) and is \(shown(new))")
            return
        }
        // Both may be large, and looking for each name from the beginning would take its square.
        let (before, after) = (sorted(old), sorted(new))
        let (oldNames, newValues) = (
            Set(before.map(\.0)), Dictionary(after) { first, _ in first }
        )
        for (key, value) in before {
            let inner = "\(pointer)/\(escaped(key))"
            if let other = newValues[key] {
                compare(value, other, inner, &lines)
            } else {
                lines.append("\(place(inner)) is gone")
            }
        }
        for (key, value) in after where !oldNames.contains(key) {
            lines.append("\(place("\(pointer)/\(escaped(key))")) is new: \(shown(value))")
        }
    }

    private static func place(_ pointer: String) -> String { "'\(pointer)'" }

    private static func shown(_ value: Value) -> String {
        let text = String(decoding: value.raw, as: UTF8.self)
        return text.count <= width ? text : "\(text.prefix(width))…"
    }

    /// A name as a part of a pointer.
    static func escaped(_ name: String) -> String {
        String(name.flatMap { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) })
    }
}
