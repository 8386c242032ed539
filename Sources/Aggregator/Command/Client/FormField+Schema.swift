import Wire

extension FormField {
    /// What is asked for, by the member's schema.
    static func kind(of schema: Value) -> Kind {
        switch schema["type"]?.string {
        case "integer": return .number(isWhole: true, range: range(of: schema))
        case "number": return .number(isWhole: false, range: range(of: schema))
        case "boolean": return .flag
        case "array":
            let least = schema["minItems"]?.integer ?? 0
            let most = schema["maxItems"]?.integer ?? .max
            let options = schema["items"].map(options) ?? []
            return .choices(options, count: least...max(least, most))
        default: break
        }
        let options = options(of: schema)
        guard options.isEmpty else { return .choice(options) }
        let least = schema["minLength"]?.integer ?? 0
        return .text(length: least...max(least, schema["maxLength"]?.integer ?? .max))
    }

    private static func range(of schema: Value) -> ClosedRange<Double> {
        let least = schema["minimum"]?.number ?? -.infinity
        return least...max(least, schema["maximum"]?.number ?? .infinity)
    }

    /// The values to choose from: `enum` with its `enumNames`, or `oneOf` and `anyOf` of constants.
    private static func options(of schema: Value) -> [Option] {
        if let values = schema["enum"] {
            let titles = schema["enumNames"]?.elements.compactMap(\.string) ?? []
            return values.elements.compactMap(\.string).enumerated().map { index, value in
                Option(value: value, title: titles.indices.contains(index) ? titles[index] : value)
            }
        }
        guard let constants = schema["oneOf"] ?? schema["anyOf"] else { return [] }
        return constants.elements.compactMap { element in
            element["const"]?.string.map { value in
                Option(value: value, title: element["title"]?.string ?? value)
            }
        }
    }

    // MARK: How it is asked for

    /// The question on a terminal, without colours; what is typed follows it.
    var prompt: String {
        var text = "  \(Terminal.plain(title))"
        if let details { text += " (\(Terminal.plain(details)))" }
        for (index, option) in options.enumerated() {
            text += "\n    \(index + 1)) \(Terminal.plain(option.title))"
        }
        if !options.isEmpty { text += "\n  number or value" }
        if case .choices = kind { text += "s, with commas between them" }
        if case .flag = kind { text += " yes/no" }
        if let standard {
            text += " [\(Terminal.plain(Self.shown(standard)))]"
        } else if !isRequired {
            text += " [nothing]"
        }
        return text + ": "
    }

    private var options: [Option] {
        switch kind {
        case .choice(let options), .choices(let options, _): options
        case .text, .number, .flag: []
        }
    }

    /// A default as one would type it.
    private static func shown(_ json: [UInt8]) -> String {
        let value = Value(json, Extent(0..<json.count))
        switch value.kind {
        case .string: return value.string ?? ""
        case .true: return "yes"
        case .false: return "no"
        case .array: return value.elements.compactMap(\.string).joined(separator: ", ")
        case .number, .null, .object: return String(decoding: json, as: UTF8.self)
        }
    }
}
