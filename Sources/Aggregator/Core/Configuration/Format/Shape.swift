package import Wire

/// A settings object described by data: its keys, and how each fills a property of `Value`.
///
/// From the one description come decoding with errors, the JSON Schema and the documentation.
package struct Shape<Value: Sendable>: Sendable {
    /// The value with every default.
    package let blank: Value
    /// The keys, in the order of the documentation.
    package let keys: [Key<Value>]
    /// Better advice for an unknown key: a clause after "unknown key 'x' in 'y'; ".
    package var hint: @Sendable (String) -> String? = { _ in nil }
    /// Keys of which exactly one must be given.
    package var alternatives: [String] = []
    /// Keys of which at least one must be given: without any, the object would do nothing.
    package let needs: [String]

    /// A shape whose defaults are those of a blank value.
    package init(_ blank: Value, _ keys: [Key<Value>], needs: [String] = []) {
        self.blank = blank
        self.keys = keys
        self.needs = needs
    }

    /// The value of a node; what is wrong is reported, and the rest is still read.
    package func read(_ node: Node, into reading: inout Reading) -> Value? {
        let isEmpty = node.scalar?.meaning == .null
        guard let entries = node.entries ?? (isEmpty ? [] : nil) else {
            reading.reportMismatch(schema, at: node)
            return nil
        }
        var value = blank
        for entry in entries { read(entry, into: &value, &reading) }
        checkRequired(entries, at: node, &reading)
        checkAlternatives(entries, at: node, &reading)
        return value
    }

    private func checkRequired(
        _ entries: [Node.Entry], at node: Node, _ reading: inout Reading
    ) {
        let given = Set(entries.map(\.key) + meant(by: entries))
        for key in keys where key.isRequired && !given.contains(key.name) {
            reading.report("\(reading.place ?? "the file") needs '\(key.name)'", at: node.mark)
        }
    }

    private func checkAlternatives(
        _ entries: [Node.Entry], at node: Node, _ reading: inout Reading
    ) {
        let given = entries.filter { alternatives.contains($0.key) }
        let place = reading.place ?? "the file"
        let isMeant = meant(by: entries).contains(where: alternatives.contains)
        if given.isEmpty, !isMeant, !alternatives.isEmpty {
            let names = shown.map { "'\($0)'" }.joined(separator: ", ")
            let few = shown.count == 1 ? names : "one of \(names)"
            reading.report("\(place) needs \(few)", at: node.mark)
        }
        if !needs.isEmpty,
            !(entries.map(\.key) + meant(by: entries)).contains(where: needs.contains)
        {
            let names = needs.map { "'\($0)'" }.joined(separator: " or ")
            reading.report("\(place) needs \(names), or it does nothing", at: node.mark)
        }
        for extra in given.dropFirst() {
            let first = given[0].key
            reading.report(
                "\(place) has '\(extra.key)' besides '\(first)'; give one of them", at: extra.mark)
        }
    }

    /// The known keys that unknown ones were advised to be: they are not also missing.
    private func meant(by entries: [Node.Entry]) -> [String] {
        let unknown = entries.map(\.key).filter { !names.contains($0) }
        return unknown.compactMap { Suggestion.nearest(to: $0, among: names) }
    }

    /// The alternatives that are not hidden.
    private var shown: [String] {
        keys.filter { alternatives.contains($0.name) && $0.schema(blank) != nil }.map(\.name)
    }

    private func read(_ entry: Node.Entry, into value: inout Value, _ reading: inout Reading) {
        guard let key = keys.first(where: { $0.name == entry.key }) else {
            return reading.reportUnknown(entry, hint(entry.key), among: names)
        }
        reading.within(key.place(in: reading)) { key.read(entry, &value, &$0) }
    }

    /// The names of the keys.
    package var names: [String] { keys.map(\.name) }

    /// What an object of this shape may look like.
    package var schema: Schema {
        let object = Schema.Object(
            keys: keys.compactMap { $0.schema(blank) }, alternatives: shown, needs: needs)
        return .object(object)
    }
}

extension Format {
    /// An object of a shape, which is made when it is first needed: few files have every section.
    package static func object(
        _ shape: @autoclosure @escaping @Sendable () -> Shape<Value>
    ) -> Self {
        Self(shape().schema) { node, reading in shape().read(node, into: &reading) }
    }
}

extension Reading {
    /// Reports a key that is not known here, with advice.
    package mutating func reportUnknown(
        _ entry: Node.Entry, _ hint: String? = nil, among known: [String]
    ) {
        let advice = hint.map { "; \($0)" } ?? Suggestion.question(for: entry.key, among: known)
        let place = place.map { " in \($0)" } ?? ""
        report("unknown key '\(entry.key)'\(place)\(advice)", at: entry.mark)
    }
}
