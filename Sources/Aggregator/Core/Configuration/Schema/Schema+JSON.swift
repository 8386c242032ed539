import Wire

extension Schema {
    /// The JSON Schema (draft-07, which every editor understands) of a configuration file.
    package static func document(_ vocabulary: Vocabulary) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("$schema", "http://json-schema.org/draft-07/schema#")
        writer.member("title", "manifold.yaml")
        Configuration.shape(vocabulary).schema.writeBody(to: &writer)
        writer.key("definitions")
        writeDefinitions(to: &writer)
        writer.endObject()
        return Layout.indented(writer.bytes) + [0x0A]
    }

    /// A schema as an object of its own.
    private func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeBody(to: &writer)
        writer.endObject()
    }

    /// The members of a schema object.
    func writeBody(to writer: inout JSONWriter) {
        switch self {
        case .text(let form):
            guard let form else { return writer.member("type", "string") }
            writer.orExpansion {
                $0.member("type", "string")
                $0.member("pattern", form.pattern)
            }
        case .word: writer.types(["string", "number", "boolean"])
        case .bool: writer.orExpansion { $0.member("type", "boolean") }
        case .integer(let range):
            writer.orExpansion {
                $0.member("type", "integer")
                $0.key("minimum")
                $0.integer(range.lowerBound)
                $0.key("maximum")
                $0.integer(range.upperBound)
            }
        case .duration: writer.extend("duration")
        case .size: writer.extend("size")
        case .null: writer.member("type", "null")
        case .choice(let words): writer.orExpansion { $0.texts("enum", words) }
        case .list(let item, let count):
            writer.types(count == 0 ? ["array", "null"] : ["array"])
            if count > 0 {
                writer.key("minItems")
                writer.integer(count)
            }
            writer.key("items")
            item.write(to: &writer)
        case .mapping(let keys, let values):
            writer.types(["object", "null"])
            if let keys { writer.names(keys.pattern) }
            writer.key("additionalProperties")
            values.write(to: &writer)
        case .object(let object): object.writeBody(to: &writer)
        case .either(let schemas):
            writer.key("anyOf")
            writer.beginArray()
            for schema in schemas { schema.write(to: &writer) }
            writer.endArray()
        case .anything: break
        }
    }
}

extension Schema.Object {
    fileprivate func writeBody(to writer: inout JSONWriter) {
        let required = keys.filter(\.isRequired).map(\.name)
        let mayBeEmpty = required.isEmpty && alternatives.isEmpty && needs.isEmpty
        writer.types(mayBeEmpty ? ["object", "null"] : ["object"])
        writer.key("properties")
        writer.beginObject()
        for key in keys { key.write(to: &writer) }
        writer.endObject()
        if !required.isEmpty { writer.texts("required", required) }
        if !alternatives.isEmpty { writer.require("oneOf", alternatives) }
        if !needs.isEmpty { writer.require("anyOf", needs) }
        writer.key("additionalProperties")
        writer.bool(false)
    }
}
