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

    /// Whether a value is an integer that many programs round.
    static func isRounded(_ value: Value) -> Bool {
        guard value.kind == .number else { return false }
        let digits = value.raw.first == UInt8(ascii: "-") ? value.raw.dropFirst() : value.raw
        guard digits.count >= largest.utf8.count,
            digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return false }
        return digits.count > largest.utf8.count
            || largest.utf8.lexicographicallyPrecedes(digits)
    }

    // MARK: What tools promise

    /// A tool that promises integers promises strings too from now on, or nothing where it cannot.
    package func review(_ item: Item) throws(RuleFault) -> Item? {
        guard item.kind == .tool else { return item }
        let tool = Value(item.json, Extent(0..<item.json.count))
        guard let promise = tool["outputSchema"] else { return item }
        let wider = WiderSchema(of: promise)
        var item = item
        item.json =
            wider.isImpossible
            ? Self.without("outputSchema", tool) : Splice.apply(wider.splices, in: tool)
        return item
    }

    private static func without(_ key: String, _ object: Value) -> [UInt8] {
        let kept = object.members.filter { !$0.key.isText(key) }
            .map { object.bytes[$0.key.extent.range.lowerBound..<$0.value.extent.range.upperBound] }
        return [UInt8(ascii: "{")] + kept.joined(separator: [UInt8(ascii: ",")])
            + [UInt8(ascii: "}")]
    }
}
