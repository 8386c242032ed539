import Wire

extension FormField {
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
                throw Fault(reason: "it must have \(Self.words(length)) characters")
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
            throw Fault(reason: "it must be \(words(range))")
        }
        return value.copy()
    }

    private static func words(_ range: ClosedRange<Int>) -> String {
        if range.upperBound == .max { return "at least \(range.lowerBound)" }
        return range.lowerBound == 0
            ? "at most \(range.upperBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }

    private static func words(_ range: ClosedRange<Double>) -> String {
        let (least, most) = (number(range.lowerBound), number(range.upperBound))
        if range.upperBound == .infinity { return "at least \(least)" }
        return range.lowerBound == -.infinity ? "at most \(most)" : "\(least) to \(most)"
    }

    private static func number(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? String(number)
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
            throw Fault(reason: "choose \(words(count))")
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
