import Wire

extension Schema {
    /// What several keys share: values with a unit, and values that an expansion stands for.
    static func writeDefinitions(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("expansion")
        writer.beginObject()
        writer.member("type", "string")
        writer.member("pattern", #"\$\{env:"#)
        writer.endObject()
        writer.key("duration")
        writer.quantity(units: "ms|s|min|h")
        writer.key("size")
        writer.quantity(units: "B|KiB|MiB|GiB|kB|KB|MB|GB")
        writer.endObject()
    }
}

extension Schema.Key {
    /// The key and what an editor shows about it.
    func write(to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginObject()
        writer.member("description", documentation)
        if let standard {
            writer.key("default")
            standard.write(to: &writer)
        }
        schema.writeBody(to: &writer)
        writer.endObject()
    }
}

extension Schema.Literal {
    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.string(text)
        case .integer(let number): writer.integer(number)
        case .bool(let value): writer.bool(value)
        case .list(let items):
            writer.beginArray()
            for item in items { item.write(to: &writer) }
            writer.endArray()
        }
    }
}

extension JSONWriter {
    /// Writes a member whose value is a text.
    package mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    /// Writes a member whose value is a list of texts.
    mutating func texts(_ name: String, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    /// Writes `type`, one or several.
    mutating func types(_ names: [String]) {
        names.count == 1 ? member("type", names[0]) : texts("type", names)
    }

    /// Writes a reference to a shared definition.
    mutating func reference(_ definition: String) {
        member("$ref", "#/definitions/\(definition)")
    }

    /// A reference beside other members, which draft-07 allows inside `allOf` only.
    mutating func extend(_ definition: String) {
        key("allOf")
        beginArray()
        beginObject()
        reference(definition)
        endObject()
        endArray()
    }

    /// Writes the form that keys must have.
    mutating func names(_ pattern: String) {
        key("propertyNames")
        beginObject()
        member("pattern", pattern)
        endObject()
    }

    /// A value, or an expansion in its place.
    mutating func orExpansion(_ body: (inout JSONWriter) -> Void) {
        key("anyOf")
        beginArray()
        beginObject()
        body(&self)
        endObject()
        beginObject()
        reference("expansion")
        endObject()
        endArray()
    }

    /// Writes how many of these keys must be there: `oneOf` them, or `anyOf`.
    mutating func require(_ rule: String, _ names: [String]) {
        key(rule)
        beginArray()
        for name in names {
            beginObject()
            texts("required", [name])
            endObject()
        }
        endArray()
    }

    /// A number, or a number with one of these units, or an expansion.
    fileprivate mutating func quantity(units: String) {
        beginObject()
        key("anyOf")
        beginArray()
        raw(Array(#"{"type":"number","minimum":0}"#.utf8))
        beginObject()
        member("type", "string")
        member("pattern", #"^[0-9]+(\.[0-9]{1,3})? ?("# + units + ")?$")
        endObject()
        beginObject()
        reference("expansion")
        endObject()
        endArray()
        endObject()
    }
}
