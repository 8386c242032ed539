/// The schemas of the conformance suite's tools, which say more than `Schema` can.
extension JSON {
    /// A default for every primitive type (SEP-1034).
    static let defaultsForm: JSON = form([
        "name": ["type": "string", "description": "User name", "default": "John Doe"],
        "age": ["type": "integer", "description": "User age", "default": 30],
        "score": ["type": "number", "description": "User score", "default": .raw("95.5")],
        "status": [
            "type": "string", "description": "User status",
            "enum": ["active", "inactive", "pending"], "default": "active",
        ],
        "verified": ["type": "boolean", "description": "Verified", "default": true],
    ])

    /// Every way to spell a choice (SEP-1330).
    static let enumsForm: JSON = form([
        "untitledSingle": ["type": "string", "enum": ["option1", "option2", "option3"]],
        "titledSingle": ["type": "string", "oneOf": titled],
        "legacyEnum": [
            "type": "string", "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        ],
        "untitledMulti": [
            "type": "array",
            "items": ["type": "string", "enum": ["option1", "option2", "option3"]],
        ],
        "titledMulti": ["type": "array", "items": ["anyOf": titled]],
    ])

    /// Keywords that a careless reader drops (JSON Schema 2020-12).
    static let schema2020: JSON = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": [
            "address": [
                "$anchor": "address", "type": "object",
                "properties": ["street": ["type": "string"], "city": ["type": "string"]],
            ]
        ],
        "properties": ["name": ["type": "string"], "address": ["$ref": "#/$defs/address"]],
        "additionalProperties": false,
    ]

    private static let titled: JSON = [
        ["const": "value1", "title": "First Option"],
        ["const": "value2", "title": "Second Option"],
        ["const": "value3", "title": "Third Option"],
    ]

    private static func form(_ properties: JSON) -> JSON {
        ["type": "object", "properties": properties, "required": []]
    }
}
