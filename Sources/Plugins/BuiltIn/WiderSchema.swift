import Wire

/// The changes by which a schema allows strings wherever it allows integers beyond 2^53.
///
/// A value that becomes a string must stay valid. So whatever says what is allowed is made to allow
/// more, and what says what is not allowed cannot be helped.
struct WiderSchema {
    /// What to change, in order; nothing where the schema allows such strings already.
    private(set) var splices: [Splice] = []
    /// Whether a string may break it whatever is changed.
    private(set) var isImpossible = false
    private var isWider = false

    /// The changes of a schema.
    init(of schema: Value) {
        read(schema)
        if !isWider { splices = [] }
    }

    /// Members of these have names of the owner's and schemas.
    private static let maps: Set<String> = [
        "properties", "patternProperties", "$defs", "definitions", "dependentSchemas",
        "dependencies",
    ]

    /// One schema, or a list of them.
    private mutating func read(_ schema: Value) {
        for element in schema.elements { read(element) }
        if Self.constrainsStrings(schema) { isImpossible = true }
        for (key, value) in schema.members {
            let keyword = key.string ?? ""
            switch keyword {
            case "type" where value.kind == .string || value.kind == .array:
                if let types = Self.widerTypes(value) { widen(value, types) }
            case "enum" where value.kind == .array:
                if let values = Self.widerValues(value) { widen(value, values) }
            case "const": readConstant(key, value, of: schema)
            case "oneOf": readOneOf(key, value, of: schema)
            case "not", "if":
                if Value.Mention.any.isIn(value), !Self.isPlain(schema) { isImpossible = true }
            case "contains" where schema["maxContains"] != nil:
                if Value.Mention.any.isIn(value) { isImpossible = true }
            case "default", "examples": break
            case _ where Self.maps.contains(keyword):
                for (_, inner) in value.members { read(inner) }
            default: read(value)
            }
        }
    }

    private mutating func widen(_ value: Value, _ wider: [UInt8]) {
        splices.append(Splice(value, with: wider))
        isWider = true
    }

    /// One value becomes a list of two.
    private mutating func readConstant(_ key: Value, _ value: Value, of schema: Value) {
        guard let spelled = Self.spelled(value) else { return }
        guard schema["enum"] == nil else { return isImpossible = true }
        splices.append(Splice(key, with: JSONWriter.quoted("enum")))
        widen(value, Self.list([Array(value.raw), spelled]))
    }

    /// A string may fit a branch for integers beside one for strings: one is not exactly one any more.
    private mutating func readOneOf(_ key: Value, _ value: Value, of schema: Value) {
        let place = splices.count
        read(value)
        let hasNumbers = Value.Mention.number.isIn(value)
        guard splices.count > place || hasNumbers || Value.Mention.reference.isIn(value) else {
            return
        }
        if schema["anyOf"] != nil { isImpossible = true }
        splices.insert(Splice(key, with: JSONWriter.quoted("anyOf")), at: place)
        if hasNumbers { isWider = true }
    }

    // MARK: Parts

    /// The texts of a schema's `type`.
    private static func types(_ value: Value?) -> [Value] {
        guard let value else { return [] }
        return value.kind == .array ? Array(value.elements) : [value]
    }

    /// Whether values of a schema are neither numbers nor have parts that may be.
    private static func isPlain(_ schema: Value) -> Bool {
        let types = types(schema["type"])
        return !types.isEmpty
            && types.allSatisfy { ["string", "boolean", "null"].contains($0.string) }
    }

    /// Whether a schema for numbers says of strings what the digits of one may not fit.
    private static func constrainsStrings(_ schema: Value) -> Bool {
        let types = types(schema["type"])
        guard types.contains(where: { $0.isText("integer") || $0.isText("number") }) else {
            return false
        }
        let isText = types.contains { $0.isText("string") }
        let keywords = ["pattern", "minLength", "maxLength"] + (isText ? ["format"] : [])
        return keywords.contains { schema[$0] != nil }
    }

    /// A list of types that has strings too; nil where there is nothing to add.
    private static func widerTypes(_ value: Value) -> [UInt8]? {
        let types = types(value)
        guard types.contains(where: { $0.isText("integer") || $0.isText("number") }),
            !types.contains(where: { $0.isText("string") })
        else { return nil }
        return list(types.map { Array($0.raw) } + [JSONWriter.quoted("string")])
    }

    /// A list of values with the spelled ones beside them; nil where there are none to add.
    private static func widerValues(_ value: Value) -> [UInt8]? {
        let values = value.elements.map { Array($0.raw) }
        let spelled = value.elements.compactMap(spelled).filter { !values.contains($0) }
        return spelled.isEmpty ? nil : list(values + spelled)
    }

    /// A value as the plugin leaves it in a result; nil where it changes nothing.
    static func spelled(_ value: Value) -> [UInt8]? {
        var splices: [Splice] = []
        collect(value, &splices)
        return splices.isEmpty ? nil : Splice.apply(splices, in: value)
    }

    private static func collect(_ value: Value, _ splices: inout [Splice]) {
        if Integers.isRounded(value) {
            let digits = String(decoding: value.raw, as: UTF8.self)
            splices.append(Splice(value, with: JSONWriter.quoted(digits)))
        }
        for element in value.elements { collect(element, &splices) }
        for (_, member) in value.members { collect(member, &splices) }
    }

    private static func list(_ values: [[UInt8]]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for value in values { writer.raw(value) }
        writer.endArray()
        return writer.bytes
    }
}

extension Value {
    /// What may make a schema say something else of digits in a string than of the number.
    fileprivate enum Mention {
        case number, reference, any

        private static let numbers: Set<String> = [
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        ]
        private static let strings: Set<String> = ["pattern", "minLength", "maxLength", "format"]
        private static let references: Set<String> = ["$ref", "$dynamicRef", "$recursiveRef"]

        /// Whether it is anywhere in a schema; a property that is called so counts, too.
        func isIn(_ schema: Value) -> Bool {
            schema.elements.contains(where: isIn)
                || schema.members.contains { key, value in
                    says(key.string ?? "", value) || isIn(value)
                }
        }

        private func says(_ keyword: String, _ value: Value) -> Bool {
            switch self {
            case .number: Self.numbers.contains(keyword)
            case .reference: Self.references.contains(keyword)
            case .any:
                Self.numbers.contains(keyword) || Self.strings.contains(keyword)
                    || Self.references.contains(keyword)
                    || ["const", "enum"].contains(keyword) && WiderSchema.spelled(value) != nil
                    || keyword == "type" && Self.isScalar(value)
            }
        }

        private static func isScalar(_ types: Value) -> Bool {
            let types = types.kind == .array ? Array(types.elements) : [types]
            return types.contains { ["integer", "number", "string"].contains($0.string) }
        }
    }
}
