import Wire

/// One field of an elicitation form: how it is asked for, and what typed text means; pure.
///
/// The schema is the restricted one of `elicitation/create` (2025-11-25, client/elicitation).
struct FormField: Sendable {
    /// What is asked for, and within which bounds.
    enum Kind: Sendable {
        case text(length: ClosedRange<Int>)
        case number(isWhole: Bool, range: ClosedRange<Double>)
        case flag
        case choice([Option])
        case choices([Option], count: ClosedRange<Int>)
    }

    /// A value that may be chosen, and how it is shown.
    struct Option: Sendable, Equatable {
        let value: String
        let title: String
    }

    /// Why typed text is no value of the field; a clause.
    struct Fault: Error, Equatable {
        let reason: String
    }

    let name: String
    let title: String
    let details: String?
    let kind: Kind
    let isRequired: Bool
    /// The JSON of the default, if there is one.
    let standard: [UInt8]?

    /// The fields of a form in the order of its schema.
    static func all(of schema: Value?) -> [FormField] {
        let required = Set(schema?["required"]?.elements.compactMap(\.string) ?? [])
        guard let properties = schema?["properties"] else { return [] }
        return properties.members.compactMap { key, value in
            key.string.map { FormField($0, value, isRequired: required.contains($0)) }
        }
    }

    /// A field as one member of a form's schema describes it.
    init(_ name: String, _ schema: Value, isRequired: Bool) {
        self.name = name
        title = schema["title"]?.string ?? name
        details = schema["description"]?.string
        self.isRequired = isRequired
        standard = schema["default"]?.copy()
        kind = Self.kind(of: schema)
    }
}
