/// Puts the instructions of all upstreams under headings, within a budget of bytes.
package struct InstructionsMerge: Sendable {
    /// Text of the owner's that comes first.
    package let own: String?
    /// The most bytes that the merged text may have.
    package let budget: Int

    /// A merge with the owner's text and a budget in bytes.
    package init(own: String?, budget: Int) {
        self.own = own
        self.budget = budget
    }

    /// A merge as a configuration wants it.
    init(_ server: Configuration.Server) {
        self.init(own: server.instructions, budget: server.instructionsBudget)
    }

    /// The merged text; nil when nobody has anything to say.
    package func merge(_ parts: [CatalogBuilder.Part]) -> String? {
        var sections = parts.compactMap { part -> (heading: String, text: String)? in
            guard let text = part.listing.instructions?.trimmed, !text.isEmpty else { return nil }
            let title = part.settings.title ?? part.listing.title ?? part.settings.name
            let prefix = part.prefix.isEmpty ? "" : " (tools named \(part.prefix)__…)"
            return ("## \(title)\(prefix)", text)
        }
        let own = self.own?.trimmed.shortened(to: budget) ?? ""
        var left = budget - own.utf8.count
        for index in sections.indices {
            // What earlier sections leave is shared evenly among those that follow.
            let share = max(0, left) / (sections.count - index)
            let overhead = sections[index].heading.utf8.count + 4
            sections[index].text = sections[index].text.shortened(to: max(0, share - overhead))
            left -= sections[index].text.utf8.count + overhead
        }
        let texts =
            [own].filter { !$0.isEmpty }
            + sections.filter { !$0.text.isEmpty }.map { "\($0.heading)\n\n\($0.text)" }
        return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
    }
}

extension String {
    /// Without white space at either end.
    fileprivate var trimmed: String {
        let rest = self.drop { $0.isWhitespace }
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(rest[...last])
    }

    /// At most `limit` bytes, cut between characters, the cut shown.
    fileprivate func shortened(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let mark = " …"
        guard limit > mark.utf8.count else { return "" }
        var kept = ""
        var size = mark.utf8.count
        for character in self {
            size += character.utf8.count
            if size > limit { break }
            kept.append(character)
        }
        return kept + mark
    }
}
