package import Wire

/// JSON in one form of all that mean the same: members by their names, the last of those that are
/// repeated, numbers and strings in one spelling, no white space.
package enum Semantics {
    /// The form of a value.
    package static func json(_ value: Value) -> [UInt8] {
        var form = SemanticForm(without: [])
        form.write(value, like: nil)
        return form.bytes
    }

    /// The form of a value without what stands in these places, and with `[redacted]` where a model
    /// has that and would otherwise be the same.
    package static func json(
        _ value: Value, like model: Value?, without ignored: [JSONPath]
    ) -> [UInt8] {
        var form = SemanticForm(without: ignored)
        form.write(value, like: model)
        return form.bytes
    }

    /// Whether a value means what was recorded, as far as that was written down.
    package static func isLike(_ recorded: Value, _ value: Value) -> Bool {
        json(value, like: recorded, without: []) == json(recorded)
    }

    /// The members of an object by their names.
    package static func sorted(_ object: Value) -> [(key: String, value: Value)] {
        var members: [String: Value] = [:]
        for (key, value) in object.members { members[key.string ?? ""] = value }
        return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
