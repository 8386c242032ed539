package import Wire

extension Reading {
    /// That a rule names upstreams or items: whether there are any can only be told when all is read,
    /// and of items when upstreams have listed them.
    package struct Mention: Sendable {
        /// What a pattern is one of.
        enum Subject: Sendable {
            case upstream
            /// Of `upstream/name`.
            case item
            /// Of the name alone of an item of one of these kinds.
            case name([Item.Kind])
        }

        /// A name or glob.
        let pattern: String
        let subject: Subject
        let mark: Node.Mark
        /// What it is called in a message.
        let place: String?
    }

    /// Notes that a rule is about upstreams with a name or glob.
    package mutating func mention(upstreams pattern: String, at mark: Node.Mark) {
        mentions.append(Mention(pattern: pattern, subject: .upstream, mark: mark, place: place))
    }

    /// Notes that a rule is about what fits `upstream/item`.
    package mutating func mention(items pattern: String, at mark: Node.Mark) {
        mentions.append(Mention(pattern: pattern, subject: .item, mark: mark, place: place))
    }

    /// Notes that a rule is about items of some kinds with a name or glob.
    package mutating func mention(
        names pattern: String, of kinds: [Item.Kind], at mark: Node.Mark
    ) {
        mentions.append(
            Mention(pattern: pattern, subject: .name(kinds), mark: mark, place: place))
    }

    /// The mentions that fit one of these upstreams.
    func acquaintances(of upstreams: [String]) -> [Mention] {
        mentions.filter { mention in upstreams.contains { mention.fits($0) } }
    }

    /// A warning about each mention that fits none of these upstreams, in the order of the file.
    func strangers(to upstreams: [String]) -> [Diagnostic] {
        let found = mentions.filter { mention in
            !upstreams.contains { mention.fits($0) }
        }
        return Diagnostics(found.map { $0.warning(among: upstreams) }).all
    }
}

extension Reading.Mention {
    fileprivate func fits(_ upstream: String) -> Bool {
        switch subject {
        case .upstream: Glob(pattern).matches(upstream)
        case .item: Glob(pattern).matchesSome(beginningWith: upstream + "/")
        case .name: true
        }
    }

    fileprivate func warning(among upstreams: [String]) -> Diagnostic {
        let namesItem = if case .item = subject { true } else { false }
        let name = namesItem ? String(pattern.prefix { $0 != "/" }) : pattern
        let isBare = namesItem && name == pattern
        let advice =
            isBare
            ? "; write it as 'upstream/name'" : Suggestion.question(for: name, among: upstreams)
        let place = place.map { "\($0): " } ?? ""
        return Diagnostic("\(place)'\(pattern)' fits no upstream\(advice)", at: mark)
    }
}

extension Format<String> {
    /// The same, where the text is a name or glob of upstreams.
    package func ofUpstreams() -> Self {
        Self(schema, show: show) { node, reading in
            guard let text = read(node, &reading) else { return nil }
            reading.mention(upstreams: text, at: node.mark)
            return text
        }
    }

    /// The same, where the text is a glob over the original `upstream/name`.
    package func ofItems() -> Self {
        Self(schema, show: show) { node, reading in
            guard let text = read(node, &reading) else { return nil }
            reading.mention(items: text, at: node.mark)
            return text
        }
    }

    /// The same, where the text is a name or glob of items of these kinds.
    package func ofNames(_ kinds: [Item.Kind]) -> Self {
        Self(schema, show: show) { node, reading in
            guard let text = read(node, &reading) else { return nil }
            reading.mention(names: text, of: kinds, at: node.mark)
            return text
        }
    }
}

extension Format<[String: String]> {
    /// The same, where the keys are names of tools.
    func ofTools() -> Self {
        Self(schema, show: show) { node, reading in
            for entry in node.entries ?? [] {
                reading.mention(names: entry.key, of: [.tool], at: entry.mark)
            }
            return read(node, &reading)
        }
    }
}
