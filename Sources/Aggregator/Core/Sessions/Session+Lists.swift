import Synchronization
import Wire

extension Session {
    /// Notes that the client has been given this list.
    func saw(_ kind: Item.Kind, _ rendered: [UInt8]) {
        state.withLock { $0.seen[kind] = rendered }
    }

    /// Tells the client which lists are not what it saw last; once per change (`mcp.md` §4.8).
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
        if let least = logLevel, level < least { return }
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

    package func watches(_ uri: [UInt8]) -> Bool {
        state.withLock { state in
            if state.watched[uri] != nil { return true }
            // The URI of an update may lie below the one that is watched (`mcp.md` §1.6).
            return state.watched.keys.contains { watched in
                uri.starts(with: watched)
                    && (watched.last == UInt8(ascii: "/")
                        || uri.dropFirst(watched.count).first == UInt8(ascii: "/"))
            }
        }
    }

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
