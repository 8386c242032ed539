import Synchronization
import Wire

extension Session {
    func saw(_ kind: Item.Kind, _ rendered: [UInt8]) {
        state.withLock { $0.seen.saw(kind, rendered) }
    }

    func announce(_ catalog: Catalog) {
        let stale = state.withLock { state in
            state.envelope == nil ? [] : state.seen.changes(to: catalog)
        }
        for method in stale {
            if let draft = try? Request.draft(method, isNotification: true) { send(draft) }
        }
    }

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
        state.withLock { $0.watches }.watched(uri, of: upstream)
    }

    var watches: [[UInt8]: Target] { state.withLock { $0.watches.targets } }

    func watch(_ uri: [UInt8], _ target: Target) -> Bool {
        state.withLock { $0.watches.add(uri, target) }
    }

    func unwatch(_ uri: [UInt8]) -> Bool { state.withLock { $0.watches.remove(uri) } }
}
