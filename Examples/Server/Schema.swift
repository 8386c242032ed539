/// A JSON Schema for a flat object: what a tool takes and gives, or what a form asks for.
struct Schema: Sendable, ExpressibleByDictionaryLiteral {
    /// One member of the object.
    struct Field: Sendable {
        let json: JSON
        let isRequired: Bool
    }

    let json: JSON

    /// An object with these members; those without a default are required.
    init(dictionaryLiteral fields: (String, Field)...) {
        let required = fields.filter { $0.1.isRequired }.map { JSON.string($0.0) }
        let properties = JSON.object(fields.map { (key: $0.0, value: $0.1.json) })
        let json: JSON = ["type": "object", "properties": properties]
        self.json = required.isEmpty ? json : json.with(["required": .array(required)])
    }
}

/// The kinds of member; one with a default may be left out.
extension Schema.Field {
    /// Any text.
    static func text(_ description: JSON, or standard: JSON? = nil) -> Self {
        Self("string", description, standard)
    }

    /// A whole number.
    static func integer(_ description: JSON, or standard: JSON? = nil) -> Self {
        Self("integer", description, standard)
    }

    /// Any number.
    static func number(_ description: JSON, or standard: JSON? = nil) -> Self {
        Self("number", description, standard)
    }

    /// True or false.
    static func truth(_ description: JSON, or standard: JSON? = nil) -> Self {
        Self("boolean", description, standard)
    }

    /// One of several texts.
    static func choice(_ description: JSON, of choices: JSON, or standard: JSON? = nil) -> Self {
        Self("string", description, standard, more: ["enum": choices])
    }

    private init(_ type: JSON, _ description: JSON, _ standard: JSON?, more: JSON = [:]) {
        let json = JSON.object([("type", type), ("description", description)]).with(more)
        self.json = standard.map { json.with(["default": $0]) } ?? json
        isRequired = standard == nil
    }
}
