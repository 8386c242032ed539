/// What upstreams have listed, against which rules are held.
package struct ListedItems: Sendable {
    private let items: [Item]
    /// The upstreams of which it is not known what they have.
    private let missing: [String]

    /// These items; nothing is said of what may be at the upstreams that are `missing`.
    package init(_ items: [Item], missing: [String]) {
        self.items = items
        self.missing = missing
    }

    /// A warning about each mention that fits no item, in the order of the file.
    package func strangers(_ mentions: [Reading.Mention]) -> [Diagnostic] {
        Diagnostics(mentions.compactMap(warning)).all
    }

    private func warning(_ mention: Reading.Mention) -> Diagnostic? {
        let pattern = mention.pattern
        let (names, whose): ([String], String)
        switch mention.subject {
        case .upstream: return nil
        case .item:
            guard !mayBeMissing(pattern), !pattern.mentionsURI else { return nil }
            names = items.map { "\($0.upstream)/\($0.originalText)" }
            whose = "nothing that an upstream lists"
        case .name(let kinds):
            guard missing.isEmpty else { return nil }
            names = items.filter { kinds.contains($0.kind) }.map(\.originalText)
            whose = "no \(kinds.map(\.rawValue).joined(separator: " or ")) of any upstream"
        }
        let name = pattern.utf8.split(separator: UInt8(ascii: "/")).last ?? pattern.utf8[...]
        let isForAll = name.allSatisfy { $0 == UInt8(ascii: "*") }
        guard !isForAll, !names.contains(where: Glob(pattern).matches) else { return nil }
        let place = mention.place.map { "\($0): " } ?? ""
        let advice = Suggestion.question(forGlob: pattern, among: names)
        return Diagnostic("\(place)'\(pattern)' fits \(whose)\(advice)", at: mention.mark)
    }

    private func mayBeMissing(_ pattern: String) -> Bool {
        missing.contains { Glob(pattern).matchesSome(beginningWith: "\($0)/") }
    }
}

extension String {
    /// Whether it is about URIs, of which servers have more than they list.
    fileprivate var mentionsURI: Bool { utf8.contains(UInt8(ascii: ":")) }
}

extension Suggestion {
    /// The same for a glob, which is compared as far as it has no `*` or `?`.
    fileprivate static func question(forGlob pattern: String, among known: [String]) -> String {
        let stem = String(pattern.prefix { $0 != "*" && $0 != "?" })
        guard stem != pattern else { return question(for: pattern, among: known) }
        let long = known.filter { $0.count >= stem.count }.sorted()
        guard stem.count > 2,
            let near = nearest(to: stem, among: long.map { String($0.prefix(stem.count)) }),
            let name = long.first(where: { $0.hasPrefix(near) })
        else { return "" }
        return "; did you mean '\(name)'?"
    }
}
