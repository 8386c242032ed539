import Synchronization
import Wire

extension Session {
    /// Notes that the client has been given this list.
    func saw(_ kind: Item.Kind, _ rendered: [UInt8]) {
        state.withLock { $0.seen[kind] = rendered }
    }

    /// Tells the client which lists are not what it saw last; once per change.
    func announce(_ catalog: Catalog) {
        let stale = state.withLock { state -> [Method] in
            guard state.envelope != nil else { return [] }
            var methods: [Method] = []
            for kind in Item.Kind.allCases {
                // Who has not asked for a list has nothing that could be stale.
                guard let seen = state.seen[kind], seen != catalog.rendered[kind] else { continue }
                state.seen[kind] = catalog.rendered[kind]
                if !methods.contains(kind.changeMethod) { methods.append(kind.changeMethod) }
            }
            return methods
        }
        for method in stale {
            if let draft = try? Request.draft(method, isNotification: true) { send(draft) }
        }
    }

    /// Tells the client something through its log, whatever level it asked for.
    func log(_ level: LogLevel, _ text: String) {
        guard wants(level) else { return }
        let draft = try? Request.draft(.message, isNotification: true) { params in
            params.key("level")
            params.string(level.name)
            params.key("logger")
            params.string("manifold")
            params.key("data")
            params.string(text)
        }
        if let draft { send(draft) }
    }

    // MARK: Watching resources

    package func watched(_ uri: [UInt8], of upstream: String) -> [UInt8]? {
        let mine = state.withLock { $0.watched.filter { $0.value.upstream == upstream } }
        if let exact = mine.first(where: { $0.value.original == uri }) { return exact.key }
        // The URI of an update may lie below the one that is watched (MCP, "Resources").
        let above = mine.first { Self.isBelow(uri, $0.value.original) }
        return above.map { $0.key == $0.value.original ? uri : WrappedURI.wrap(uri, of: upstream) }
    }

    private static func isBelow(_ uri: [UInt8], _ watched: [UInt8]) -> Bool {
        let slash = UInt8(ascii: "/")
        return uri.starts(with: watched)
            && (watched.last == slash || uri.dropFirst(watched.count).first == slash)
    }

    /// Everything that the client watches, by the URIs that it knows.
    var watches: [[UInt8]: Target] { state.withLock { $0.watched } }

    /// Notes that the client watches a resource; false if it did already.
    func watch(_ uri: [UInt8], _ target: Target) -> Bool {
        state.withLock { $0.watched.updateValue(target, forKey: uri) == nil }
    }

    /// Notes that the client watches a resource no more; false if it did not.
    func unwatch(_ uri: [UInt8]) -> Bool {
        state.withLock { $0.watched.removeValue(forKey: uri) != nil }
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
