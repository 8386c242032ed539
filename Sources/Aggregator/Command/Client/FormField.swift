import Wire

/// One field of an elicitation form: how it is asked for, and what typed text means; pure.
///
/// The schema is the restricted one of `elicitation/create` (2025-11-25, client/elicitation).
struct FormField: Sendable {
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

    init(_ name: String, _ schema: Value, isRequired: Bool) {
        self.name = name
        title = schema["title"]?.string ?? name
        details = schema["description"]?.string
        self.isRequired = isRequired
        standard = schema["default"]?.copy()
        kind = Self.kind(of: schema)
    }

    // MARK: Typed text

    /// The JSON that typed text stands for; nil when the field is left out.
    func value(of typed: String) throws(Fault) -> [UInt8]? {
        guard !typed.isEmpty else {
            if let standard { return standard }
            if isRequired { throw Fault(reason: "a value is needed") }
            return nil
        }
        switch kind {
        case .text(let length):
            guard length.contains(typed.count) else {
                throw Fault(
                    reason: "it must have \(length.lowerBound) to \(length.upperBound) characters")
            }
            return JSONWriter.quoted(typed)
        case .number(let isWhole, let range): return try Self.number(typed, isWhole, range)
        case .flag: return try Self.flag(typed)
        case .choice(let options): return JSONWriter.quoted(try Self.option(typed, options))
        case .choices(let options, let count): return try Self.several(typed, options, count)
        }
    }

    private static func number(
        _ typed: String, _ isWhole: Bool, _ range: ClosedRange<Double>
    ) throws(Fault) -> [UInt8] {
        guard let value = try? Value(validating: Array(typed.utf8)), let number = value.number,
            !isWhole || value.integer != nil
        else { throw Fault(reason: isWhole ? "it must be a whole number" : "it must be a number") }
        guard range.contains(number) else {
            throw Fault(reason: "it must be \(range.lowerBound) to \(range.upperBound)")
        }
        return value.copy()
    }

    private static func flag(_ typed: String) throws(Fault) -> [UInt8] {
        switch typed.lowercased() {
        case "y", "yes", "true": return Array("true".utf8)
        case "n", "no", "false": return Array("false".utf8)
        default: throw Fault(reason: "it must be 'yes' or 'no'")
        }
    }

    /// The chosen value, by itself, by its title or by its number in the list.
    private static func option(_ typed: String, _ options: [Option]) throws(Fault) -> String {
        if let exact = options.first(where: { $0.value == typed || $0.title == typed }) {
            return exact.value
        }
        if let number = Int(typed), options.indices.contains(number - 1) {
            return options[number - 1].value
        }
        throw Fault(reason: "it must be one of the list, or its number")
    }

    private static func several(
        _ typed: String, _ options: [Option], _ count: ClosedRange<Int>
    ) throws(Fault) -> [UInt8] {
        var writer = JSONWriter()
        var chosen: [String] = []
        writer.beginArray()
        for part in typed.split(separator: ",") {
            let value = try option(String(part).trimmed, options)
            guard !chosen.contains(value) else { continue }
            chosen.append(value)
            writer.string(value)
        }
        writer.endArray()
        guard count.contains(chosen.count) else {
            throw Fault(reason: "choose \(count.lowerBound) to \(count.upperBound)")
        }
        return writer.bytes
    }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        let rest = self.drop { $0.isWhitespace }
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(rest[...last])
    }
}
