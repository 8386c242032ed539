/// What a reload changes: which upstreams to start, restart, stop and leave alone.
package struct Difference: Sendable, Equatable {
    /// The sections besides `upstreams`.
    package enum Section: String, Sendable, CaseIterable { case server, names, limits, plugins }

    /// Names that only the new configuration has, in its order.
    package let added: [String]
    /// Names that both have, with something different, in the new order.
    package let changed: [String]
    /// Names that only the old configuration has, in its order.
    package let removed: [String]
    /// Names whose upstreams are equal in both, in the new order.
    package let unchanged: [String]
    /// Whether upstreams that both have come in another order, which decides name clashes.
    package let isReordered: Bool
    /// Other sections that are different.
    package let sections: Set<Section>

    /// The difference between two configurations.
    package init(from old: Configuration, to new: Configuration) {
        let before = Dictionary(old.upstreams.map { ($0.name, $0) }) { first, _ in first }
        let names = Set(new.upstreams.map(\.name))
        added = new.upstreams.filter { before[$0.name] == nil }.map(\.name)
        removed = old.upstreams.map(\.name).filter { !names.contains($0) }
        let kept = new.upstreams.filter { before[$0.name] != nil }
        changed = kept.filter { before[$0.name] != $0 }.map(\.name)
        unchanged = kept.filter { before[$0.name] == $0 }.map(\.name)
        isReordered = kept.map(\.name) != old.upstreams.map(\.name).filter(names.contains)
        sections = Set(Section.allCases.filter { !$0.isEqual(old, new) })
    }

    /// Whether nothing changes at all.
    package var isEmpty: Bool {
        added.isEmpty && changed.isEmpty && removed.isEmpty && sections.isEmpty && !isReordered
    }
}

extension Difference.Section {
    fileprivate func isEqual(_ old: Configuration, _ new: Configuration) -> Bool {
        switch self {
        case .server: old.server == new.server
        case .names: old.names == new.names
        case .limits: old.limits == new.limits
        case .plugins: old.plugins == new.plugins
        }
    }
}
