import Wire

/// Makes nodes from events, and refuses what could be read in two ways.
struct Composer: ~Copyable {
    private var events: YAMLEvents
    private let limits: YAML.Limits
    private var anchors: [String: Anchor] = [:]
    private var nodes = 0

    /// A finished node that an alias may stand for, and how many nodes it is made of.
    private struct Anchor {
        let node: Node
        let size: Int
    }

    private typealias Step = (event: YAMLEvents.Event, mark: Node.Mark)

    /// Composes what these events tell, within limits.
    init(events: consuming YAMLEvents, limits: YAML.Limits) {
        self.events = events
        self.limits = limits
    }

    /// The one document of the stream, or nil when there is none.
    mutating func document() throws(YAML.Failure) -> Node? {
        _ = try events.next()
        guard try events.next().event != .streamEnd else { return nil }
        let root = try node(from: try events.next(), depth: 0)
        _ = try events.next()
        let last = try events.next()
        guard last.event == .streamEnd else {
            throw YAML.Failure(
                "a second document begins here; one file is one document", at: last.mark)
        }
        return root
    }

    private mutating func node(from step: Step, depth: Int) throws(YAML.Failure) -> Node {
        try count(1, at: step.mark)
        guard depth < limits.depth else {
            throw YAML.Failure("nested deeper than \(limits.depth) levels", at: step.mark)
        }
        let before = nodes
        switch step.event {
        case .alias(let name):
            return try alias(name, at: step.mark)
        case .scalar(let scalar, let properties):
            let typed = try Self.typed(scalar, tag: properties.tag, at: step.mark)
            return keep(Node(.scalar(typed), at: step.mark), properties, since: before)
        case .sequenceStart(let properties):
            try Self.refuse(properties.tag, unless: "tag:yaml.org,2002:seq", at: step.mark)
            let items = try sequence(depth: depth)
            return keep(Node(.sequence(items), at: step.mark), properties, since: before)
        case .mappingStart(let properties):
            try Self.refuse(properties.tag, unless: "tag:yaml.org,2002:map", at: step.mark)
            let entries = try mapping(depth: depth)
            return keep(Node(.mapping(entries), at: step.mark), properties, since: before)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw YAML.Failure("a value is missing", at: step.mark)
        }
    }

    private mutating func sequence(depth: Int) throws(YAML.Failure) -> [Node] {
        var items: [Node] = []
        while true {
            let step = try events.next()
            if step.event == .sequenceEnd { return items }
            items.append(try node(from: step, depth: depth + 1))
        }
    }

    private mutating func mapping(depth: Int) throws(YAML.Failure) -> [Node.Entry] {
        var entries: [Node.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            let step = try events.next()
            if step.event == .mappingEnd { return entries }
            let key = try Self.key(step)
            if let line = lines.updateValue(step.mark.line, forKey: key) {
                throw YAML.Failure(
                    "the key '\(key)' is already given on line \(line)", at: step.mark)
            }
            let value = try node(from: try events.next(), depth: depth + 1)
            entries.append(Node.Entry(key: key, at: step.mark, value: value))
        }
    }

    private static func key(_ step: Step) throws(YAML.Failure) -> String {
        guard case .scalar(let scalar, _) = step.event else {
            throw YAML.Failure("a key must be a text", at: step.mark)
        }
        guard scalar.isQuoted || scalar.text != "<<" else {
            throw YAML.Failure(
                "merge keys ('<<') are not supported; write the keys out", at: step.mark)
        }
        return scalar.text
    }
}

// MARK: Anchors, tags and bounds

extension Composer {
    private mutating func count(_ more: Int, at mark: Node.Mark) throws(YAML.Failure) {
        nodes += more
        guard nodes <= limits.nodes else {
            throw YAML.Failure("more than \(limits.nodes) values after expanding aliases", at: mark)
        }
    }

    /// Remembers an anchored node once it is finished, so that it cannot contain itself.
    private mutating func keep(
        _ node: Node, _ properties: YAMLEvents.Properties, since before: Int
    ) -> Node {
        guard let name = properties.anchor else { return node }
        anchors[name] = Anchor(node: node, size: nodes - before + 1)
        return node
    }

    private mutating func alias(_ name: String, at mark: Node.Mark) throws(YAML.Failure) -> Node {
        guard let anchor = anchors[name] else {
            throw YAML.Failure("the alias '*\(name)' has no finished anchor before it", at: mark)
        }
        try count(anchor.size - 1, at: mark)
        return anchor.node
    }

    /// `!!str` makes a string of anything; the other core tags say what the text says anyway.
    private static func typed(
        _ scalar: Node.Scalar, tag: String?, at mark: Node.Mark
    ) throws(YAML.Failure) -> Node.Scalar {
        if tag == "!" { return Node.Scalar(scalar.text, isQuoted: true) }
        try refuse(tag, unless: "tag:yaml.org,2002:str", at: mark)
        return tag == nil ? scalar : Node.Scalar(scalar.text, isQuoted: true)
    }

    private static func refuse(
        _ tag: String?, unless known: String, at mark: Node.Mark
    ) throws(YAML.Failure) {
        guard let tag, tag != known else { return }
        throw YAML.Failure("the tag '\(tag)' is not supported", at: mark)
    }
}
