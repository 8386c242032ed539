import Aggregator
import Wire

/// What access is wanted to, as far as it is known.
struct AccessSubject {
    /// What is known of the arguments of a call.
    enum Arguments {
        case unknown
        /// Nil: there are none.
        case known(Value?)
    }

    /// What it can be.
    let kinds: Set<Item.Kind>
    /// The original `upstream/name`.
    let path: String
    let hints: ToolHints?
    /// Who wants it; nil for anybody.
    var client: Envelope?
    var arguments = Arguments.unknown

    /// The target of a request.
    init(_ method: Method, _ target: Target) {
        switch method {
        case .toolsCall: kinds = [.tool]
        case .promptsGet: kinds = [.prompt]
        case .complete: kinds = [.prompt, .resource, .template]
        case .resourcesRead, .resourcesSubscribe, .resourcesUnsubscribe:
            kinds = [.resource, .template]
        default: kinds = []
        }
        path = "\(target.upstream)/\(String(decoding: target.original, as: UTF8.self))"
        hints = target.hints
    }

    /// A published item.
    init(_ kind: Item.Kind, _ target: Target) {
        kinds = [kind]
        path = "\(target.upstream)/\(String(decoding: target.original, as: UTF8.self))"
        hints = target.hints
    }

    /// An item that may be published.
    init(_ item: Item) {
        kinds = [item.kind]
        path = "\(item.upstream)/\(item.originalText)"
        hints =
            item.kind == .tool
            ? ToolHints(tool: Value(item.json, Extent(0..<item.json.count))) : nil
    }
}

extension AccessEntry {
    /// Whether a subject is one that an entry is about.
    enum Fit {
        case no
        /// That depends on what is not known yet.
        case perhaps
        case yes
    }

    /// Whether only some clients are meant.
    var isPersonal: Bool { !clients.isEmpty || !principals.isEmpty }

    /// Whether a subject is meant; of arguments that are denied one bad value is enough, those that are
    /// allowed have to be good altogether.
    func fit(_ subject: AccessSubject, isDenying: Bool) -> Fit {
        guard items.isEmpty || items.contains(where: { Glob($0).matches(subject.path) }),
            kinds.isEmpty || !subject.kinds.isDisjoint(with: kinds), fitsHints(subject)
        else { return .no }
        let person = person(subject.client)
        guard person != .no else { return .no }
        let values = values(subject.arguments, isDenying)
        guard values != .no else { return .no }
        return person == .yes && values == .yes ? .yes : .perhaps
    }

    private func fitsHints(_ subject: AccessSubject) -> Bool {
        annotations.allSatisfy { name, value in
            (subject.hints?[name] ?? ToolHints.unknown(name)) == value
                && subject.kinds.contains(.tool)
        }
    }

    private func person(_ client: Envelope?) -> Fit {
        guard isPersonal else { return .yes }
        guard let client else { return .perhaps }
        let isMeant =
            (clients.isEmpty || clients.contains { Glob($0).matches(client.clientName) })
            && (principals.isEmpty
                || principals.contains { Glob($0).matches(client.principal.name) })
        return isMeant ? .yes : .no
    }

    private func values(_ arguments: AccessSubject.Arguments, _ isDenying: Bool) -> Fit {
        guard !self.arguments.isEmpty else { return .yes }
        guard case .known(let value) = arguments else { return .perhaps }
        guard let value else { return .no }
        return self.arguments.allSatisfy { $0.holds(in: value, isDenying) } ? .yes : .no
    }
}

extension AccessEntry.Condition {
    /// Whether the values at the place are such: all of them, and at least one; or any, to deny.
    fileprivate func holds(in arguments: Value, _ isDenying: Bool) -> Bool {
        let found = Self.texts(arguments, at: place)
        let patterns = patterns.map(Glob.init)
        let fits = { (text: String) in patterns.contains { $0.matches(text) } }
        return isDenying ? found.contains(where: fits) : !found.isEmpty && found.allSatisfy(fits)
    }

    private static func texts(
        _ value: Value, at place: FieldPath, _ steps: [FieldPath.Step] = []
    ) -> [String] {
        switch value.kind {
        case .object:
            value.members.flatMap { texts($1, at: place, steps + [.member($0)]) }
        case .array:
            value.elements.enumerated().flatMap {
                texts($1, at: place, steps + [.element($0)])
            }
        case .string, .number, .true, .false, .null:
            place.covers(steps)
                ? [value.string ?? String(decoding: value.raw, as: UTF8.self)] : []
        }
    }
}
