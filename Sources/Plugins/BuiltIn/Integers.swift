package import Aggregator
import Wire

/// Writes integers that many programs round, those beyond 2^53, as strings.
package struct Integers: Rule {
    package let kind = "integers"
    private let clients: [Glob]

    /// The largest integer up to which all are exact in a double (ECMA-262, "Number.MAX_SAFE_INTEGER").
    private static let largest = "9007199254740991"

    /// A rule for the clients that these settings name.
    package init(_ settings: IntegersSettings) { clients = settings.clients.map(Glob.init) }

    package func judge(
        _ document: Document, _ context: RuleContext
    ) async throws(RuleFault) -> Verdict {
        guard clients.isEmpty || clients.contains(where: { $0.matches(context.clientName ?? "") })
        else { return .pass }
        let changed = try ContentWalk.edit(document, context.method) { leaf in
            guard Self.isRounded(leaf.value) else { return [] }
            let digits = String(decoding: leaf.value.raw, as: UTF8.self)
            return [Splice(leaf.value, with: JSONWriter.quoted(digits))]
        }
        return changed.map(Verdict.replace) ?? .pass
    }

    private static func isRounded(_ value: Value) -> Bool {
        guard value.kind == .number else { return false }
        let digits = value.raw.first == UInt8(ascii: "-") ? value.raw.dropFirst() : value.raw
        guard digits.count >= largest.utf8.count,
            digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return false }
        return digits.count > largest.utf8.count
            || largest.utf8.lexicographicallyPrecedes(digits)
    }

    // MARK: What tools promise

    /// A tool that promises integers promises strings too from now on.
    package func review(_ item: Item) throws(RuleFault) -> Item? {
        guard item.kind == .tool, let promise = promise(of: item) else { return item }
        var splices: [Splice] = []
        Self.relax(promise, &splices)
        var bytes: [UInt8] = []
        var at = 0
        for splice in splices {
            bytes += item.json[at..<splice.range.lowerBound] + splice.bytes
            at = splice.range.upperBound
        }
        var item = item
        item.json = bytes + item.json[at...]
        return item
    }

    private func promise(of item: Item) -> Value? {
        Value(item.json, Extent(0..<item.json.count))["outputSchema"]
    }

    private static func relax(_ schema: Value, _ splices: inout [Splice]) {
        for element in schema.elements { relax(element, &splices) }
        for (key, value) in schema.members {
            // Values, which are not schemas.
            if ["const", "enum", "default", "examples"].contains(where: key.isText) { continue }
            guard key.isText("type"), value.kind == .string || value.kind == .array else {
                relax(value, &splices)
                continue
            }
            if let types = relaxed(value) { splices.append(Splice(value, with: types)) }
        }
    }

    /// A list of types that has strings too; nil where there is nothing to add.
    private static func relaxed(_ value: Value) -> [UInt8]? {
        let types = value.kind == .array ? Array(value.elements) : [value]
        guard types.contains(where: { $0.isText("integer") || $0.isText("number") }),
            !types.contains(where: { $0.isText("string") })
        else { return nil }
        var writer = JSONWriter()
        writer.beginArray()
        for type in types { writer.raw(type.raw) }
        writer.string("string")
        writer.endArray()
        return writer.bytes
    }
}
