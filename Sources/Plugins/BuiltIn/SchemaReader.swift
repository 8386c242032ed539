import Aggregator
import Wire

/// Whether JSON is a schema, by the rules of JSON Schema 2020-12 and of older drafts in use.
///
/// What is not known is left alone.
struct SchemaReader {
    /// The whole schema, that references lead into.
    let root: Value
    private let known = Known()

    /// Where references lead that were followed already: each is a walk from the root.
    private final class Known {
        var ends: [String: Bool] = [:]
    }

    /// How many different references are followed; more are for clients.
    private static let mostReferences = 1000

    /// A reader of a schema.
    init(root: Value) { self.root = root }

    private static let types = [
        "null", "boolean", "object", "array", "number", "string", "integer",
    ]

    /// What is wrong, and where, as a JSON pointer; nil when nothing is.
    func fault(_ schema: Value, _ pointer: String) -> String? {
        if schema.bool != nil { return nil }
        guard schema.kind == .object else {
            return "'\(pointer)' must be a schema, an object or a truth value."
        }
        var seen: Set<String> = []
        for (key, value) in schema.members {
            let name = key.string ?? ""
            let place = "\(pointer)/\(Canonical.escaped(name))"
            guard seen.insert(name).inserted else { return "'\(place)' is there twice." }
            if let fault = fault(name, value, place) { return fault }
        }
        return nil
    }

    private func fault(_ name: String, _ value: Value, _ place: String) -> String? {
        switch name {
        case "type": return types(value, place)
        case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
            return schemas(of: value, place)
        case "items", "additionalItems":
            // A list of them until 2019-09.
            return value.kind == .array ? list(value, place, mayBeEmpty: true) : fault(value, place)
        case "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
            "unevaluatedItems", "unevaluatedProperties":
            return fault(value, place)
        case "allOf", "anyOf", "oneOf": return list(value, place, mayBeEmpty: false)
        case "prefixItems": return list(value, place, mayBeEmpty: false)
        case "required": return names(value, place)
        case "enum": return value.kind == .array ? nil : "'\(place)' must be a list."
        case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
            "minContains", "maxContains":
            return isCount(value) ? nil : "'\(place)' must be a number of things."
        case "minimum", "maximum", "multipleOf":
            return value.kind == .number ? nil : "'\(place)' must be a number."
        case "exclusiveMinimum", "exclusiveMaximum":
            // A truth value until draft 4.
            return value.kind == .number || value.bool != nil
                ? nil : "'\(place)' must be a number."
        case "pattern", "format", "title", "description", "$id", "$schema":
            return value.kind == .string ? nil : "'\(place)' must be a text."
        case "$ref": return reference(value, place)
        default: return nil
        }
    }

    private func types(_ value: Value, _ place: String) -> String? {
        let all = value.kind == .array ? Array(value.elements) : [value]
        let areKnown = all.allSatisfy { type in Self.types.contains(where: type.isText) }
        guard areKnown, !all.isEmpty else {
            return "'\(place)' must be one of \(Self.types.joined(separator: ", "))."
        }
        return nil
    }

    private func schemas(of value: Value, _ place: String) -> String? {
        guard value.kind == .object else { return "'\(place)' must be an object." }
        for (key, schema) in value.members {
            let inner = "\(place)/\(Canonical.escaped(key.string ?? ""))"
            if let fault = fault(schema, inner) { return fault }
        }
        return nil
    }

    private func list(_ value: Value, _ place: String, mayBeEmpty: Bool) -> String? {
        guard value.kind == .array else { return "'\(place)' must be a list of schemas." }
        var count = 0
        for schema in value.elements {
            if let fault = fault(schema, "\(place)/\(count)") { return fault }
            count += 1
        }
        return count > 0 || mayBeEmpty ? nil : "'\(place)' must not be empty."
    }

    private func names(_ value: Value, _ place: String) -> String? {
        // A truth value of the property itself until draft 3.
        guard value.kind == .array, value.elements.allSatisfy({ $0.kind == .string }) else {
            return "'\(place)' must be a list of names."
        }
        return nil
    }

    private func isCount(_ value: Value) -> Bool { (value.integer ?? -1) >= 0 }

    /// A reference into the schema itself has to lead somewhere; others are for clients to follow.
    private func reference(_ value: Value, _ place: String) -> String? {
        guard let text = value.string else { return "'\(place)' must be a text." }
        guard text.hasPrefix("#/") else { return nil }
        let isThere: Bool
        if let end = known.ends[text] {
            isThere = end
        } else {
            guard known.ends.count < Self.mostReferences else { return nil }
            isThere = leads(text)
            known.ends[text] = isThere
        }
        return isThere ? nil : "'\(place)' leads to '\(text)', where nothing is."
    }

    private func leads(_ text: String) -> Bool {
        var target: Value? = root
        for part in text.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            let name = Self.unescaped(part)
            if target?.kind == .array {
                target = Int(name).flatMap { index in
                    target?.elements.dropFirst(max(0, index)).first { _ in true }
                }
            } else {
                target = target?[name]
            }
        }
        return target != nil
    }

    /// A part of a pointer as a name (RFC 6901; in a fragment, percent signs are escapes).
    private static func unescaped(_ part: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(part.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let number = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(number)
            rest = rest.dropFirst(2)
        }
        var name = ""
        var isTilde = false
        for character in String(decoding: bytes, as: UTF8.self) {
            if isTilde {
                name.append(character == "1" ? "/" : "~")
                isTilde = false
            } else if character == "~" {
                isTilde = true
            } else {
                name.append(character)
            }
        }
        return name
    }
}
