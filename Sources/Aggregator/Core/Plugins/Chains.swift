package import Wire

/// The plugins in front of the router, folded once per method when the configuration loads.
package final class Chains: Sendable {
    private let byMethod: [Method: Next]
    private let isEmpty: Bool
    private let editors: [any Plugin]

    /// Folds `plugins`, the first outermost, around `last`.
    package init(_ plugins: [any Plugin], last: @escaping Next.Step) {
        let end = Next(last)
        var byMethod: [Method: Next] = [:]
        for method in Set(plugins.flatMap(\.scope)) {
            byMethod[method] = plugins.reversed().filter { $0.scope.contains(method) }
                .reduce(end) { next, plugin in
                    Next { (call) async throws(Failure) -> Answer in
                        try await plugin.handle(call, next: next)
                    }
                }
        }
        self.byMethod = byMethod
        isEmpty = byMethod.isEmpty
        editors = plugins
    }

    /// The plugins that want a method, with the last step behind them; nil when none does.
    package subscript(_ method: Method) -> Next? { isEmpty ? nil : byMethod[method] }

    /// Whether any plugin keeps clients from this item.
    package func hides(_ kind: Item.Kind, _ target: Target) -> Bool {
        let original = String(decoding: target.original, as: UTF8.self)
        return editors.contains { $0.hides(kind, target.upstream, original) }
    }

    /// Lets every plugin, in order, edit the items of a catalog that is being built.
    package func edit(_ items: inout [Item]) {
        for plugin in editors { plugin.edit(&items) }
    }
}
