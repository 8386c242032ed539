import Wire

/// The lists as a client saw them last, so that it hears of a change once, and only of a real one.
struct SeenLists: Sendable {
    private var lists: [Item.Kind: [UInt8]] = [:]

    /// A client that has seen nothing yet: who has not asked for a list has nothing that is stale.
    init() {}

    /// A client that knows what a catalog has of these kinds.
    init(_ kinds: [Item.Kind], of catalog: Catalog) {
        for kind in kinds { lists[kind] = catalog.rendered[kind] }
    }

    /// Notes that the client has been given this list.
    mutating func saw(_ kind: Item.Kind, _ rendered: [UInt8]) { lists[kind] = rendered }

    /// The notifications that a catalog calls for; afterwards the client knows it.
    mutating func changes(to catalog: Catalog) -> [Method] {
        var methods: [Method] = []
        for kind in Item.Kind.allCases {
            guard let seen = lists[kind], seen != catalog.rendered[kind] else { continue }
            lists[kind] = catalog.rendered[kind]
            if !methods.contains(kind.changeMethod) { methods.append(kind.changeMethod) }
        }
        return methods
    }
}

extension Item.Kind {
    /// The notification that says that a list with such items has changed.
    var changeMethod: Method {
        switch self {
        case .tool: .toolsChanged
        case .prompt: .promptsChanged
        case .resource, .template: .resourcesChanged
        }
    }
}
