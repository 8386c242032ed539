import Wire

/// The arguments of a tool as a command line gives them; pure.
struct CallArguments: Sendable {
    /// Why the words are no arguments; a clause.
    struct Fault: Error, Equatable {
        let reason: String
    }

    private enum Form: Sendable {
        case json([UInt8])
        case pairs([(name: String, text: String)])
    }

    private let form: Form

    /// Takes one JSON object, or words of the form `key=value`; none stand for no arguments.
    init(_ words: [String]) throws(Fault) {
        if words.count == 1, let first = words.first?.trimmed.first, first == "{" || first == "[" {
            self = try Self(json: Array((words.first ?? "").utf8))
            return
        }
        var pairs: [(name: String, text: String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw Fault(reason: "'\(word)' is neither a JSON object nor of the form key=value")
            }
            let name = String(word[..<equals])
            guard !pairs.contains(where: { $0.name == name }) else {
                throw Fault(reason: "'\(name)' is given twice")
            }
            pairs.append((name, String(word[word.index(after: equals)...])))
        }
        form = .pairs(pairs)
    }

    /// Takes the text of a JSON object; `subject` is what a fault calls it.
    init(json: [UInt8], as subject: String = "the arguments") throws(Fault) {
        let value: Value
        do throws(Rejection) {
            value = try Value(validating: json)
        } catch {
            throw Fault(reason: "\(subject) cannot be read as JSON: \(error.reason.withoutPeriod)")
        }
        guard value.kind == .object else {
            throw Fault(reason: "\(subject) must be a JSON object")
        }
        form = .json(json)
    }

    /// Whether the tool's schema decides what the words mean.
    var needsSchema: Bool {
        if case .pairs(let pairs) = form { !pairs.isEmpty } else { false }
    }

    /// The JSON object; a value is read as the schema says, without one as JSON if it can be.
    func json(for schema: Value?) throws(Fault) -> [UInt8] {
        switch form {
        case .json(let json): return json.filter { $0 != 10 && $0 != 13 }
        case .pairs(let pairs):
            var writer = JSONWriter()
            writer.beginObject()
            for (name, text) in pairs {
                writer.key(name)
                writer.raw(try Self.value(text, name, schema?["properties"]?[name]))
            }
            writer.endObject()
            return writer.bytes
        }
    }

    private static func value(
        _ text: String, _ name: String, _ schema: Value?
    ) throws(Fault) -> [UInt8] {
        let types = schema?["type"].map { type in
            type.kind == .array ? type.elements.compactMap(\.string) : [type.string ?? ""]
        }
        let parsed = try? Value(validating: Array(text.utf8))
        guard let types, !types.isEmpty else {
            return parsed.map(JSONWriter.compact) ?? JSONWriter.quoted(text)
        }
        if let parsed, types.contains(where: parsed.fits) { return JSONWriter.compact(parsed) }
        if types.contains("string") { return JSONWriter.quoted(text) }
        throw Fault(reason: "'\(name)' must be of type \(types.joined(separator: " or "))")
    }
}

extension Value {
    /// Whether the value is of a type of JSON Schema; a string only when it is none of the others.
    fileprivate func fits(_ type: String) -> Bool {
        switch (type, kind) {
        // By its spelling: an integer of any size is one.
        case ("integer", .number): !raw.contains { ".eE".utf8.contains($0) } || integer != nil
        case ("number", .number), ("boolean", .true), ("boolean", .false), ("null", .null),
            ("array", .array), ("object", .object):
            true
        default: false
        }
    }
}

extension String {
    /// A sentence as a clause of another one.
    var withoutPeriod: String { hasSuffix(".") ? String(dropLast()) : self }
}
