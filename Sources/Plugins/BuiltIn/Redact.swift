package import Aggregator
import Wire

/// Puts a word in the place of what nobody should read.
package struct Redact: Rule {
    package let kind = "redact"
    private let selection: Selection
    private let replacement: String
    private let patience: Patience

    /// A rule that redacts what these settings choose.
    package init(_ settings: RedactSettings, _ tools: PluginTools) {
        selection = settings.selection
        replacement = settings.replacement
        patience = Patience(tools: tools)
    }

    package func judge(
        _ document: Document, _ context: RuleContext
    ) async throws(RuleFault) -> Verdict {
        let changed = try await patience.run(until: context.deadline) {
            (time) throws(RuleFault) in
            try ContentWalk.edit(document, context.method) { (leaf) throws(RuleFault) in
                try redacted(leaf, time)
            }
        }
        return changed.map(Verdict.replace) ?? .pass
    }

    private func redacted(_ leaf: Leaf, _ time: TimeLimit) throws(RuleFault) -> [Splice] {
        let text = LeafText(leaf)
        guard let text else { return [] }
        switch try selection.choice(leaf, text.bytes, time) {
        case .nothing: return []
        case .whole: return [Splice(leaf.value, with: JSONWriter.quoted(replacement))]
        case .parts(let parts):
            return text.replacing(parts.map { ($0, Array(replacement.utf8)) })
        }
    }
}
