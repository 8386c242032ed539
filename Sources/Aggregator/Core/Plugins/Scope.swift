package import Wire

/// What a plugin wants to see: known before any call, so that nobody else pays for it.
package struct Scope: Sendable {
    /// Where on its way something can be met.
    package enum Hook: String, Sendable, CaseIterable {
        case request, response, notification, catalog
    }

    package var hooks: Set<Hook>
    /// Which calls; what is told and what is listed is chosen by the other conditions alone.
    package var methods: Set<Method>
    /// Which upstreams, by their configured names; empty for all.
    package var upstreams: [Glob]
    /// Which items, by their original names; a kind that is missing is covered only if all are.
    package var names: [Item.Kind: [Glob]]

    /// A scope of everything that these hooks and methods are about, but for what is said.
    package init(
        _ hooks: Set<Hook> = [], methods: Set<Method> = [], upstreams: [Glob] = [],
        names: [Item.Kind: [Glob]] = [:]
    ) {
        self.hooks = hooks
        self.methods = methods
        self.upstreams = upstreams
        self.names = names
    }

    /// The requests that are about an item: what plugins usually guard.
    package static let calls: Set<Method> = [
        .toolsCall, .promptsGet, .resourcesRead, .complete,
    ]

    /// Whether it is about calls at all.
    var wantsCalls: Bool {
        !methods.isEmpty && (hooks.contains(.request) || hooks.contains(.response))
    }

    /// Whether it depends on the target.
    var isNarrow: Bool { !upstreams.isEmpty || !names.isEmpty }

    /// Whether calls of a method that it wants are covered when they go to this target.
    package func covers(_ method: Method, _ target: Target) -> Bool {
        guard covers(upstream: target.upstream) else { return false }
        if names.isEmpty { return true }
        let original = String(decoding: target.original, as: UTF8.self)
        return Item.Kind.subjects(of: method).contains { covers($0, original) }
    }

    /// Whether a request that leads nowhere is covered: as far as it can be told whose it is, else
    /// only by a scope without conditions.
    func covers(_ miss: Miss) -> Bool {
        guard methods.contains(miss.call.method) else { return false }
        if let target = miss.call.target { return covers(miss.call.method, target) }
        guard names.isEmpty else { return false }
        return miss.upstream.map { covers(upstream: $0) } ?? upstreams.isEmpty
    }

    /// Whether an item of a list is covered.
    package func covers(_ item: Item) -> Bool {
        covers(upstream: item.upstream) && covers(item.kind, item.originalText)
    }

    /// Whether what an upstream tells is covered; what it is about it does not always say.
    package func covers(upstream: String) -> Bool {
        upstreams.isEmpty || upstreams.contains { $0.matches(upstream) }
    }

    private func covers(_ kind: Item.Kind, _ original: String) -> Bool {
        names.isEmpty || names[kind]?.contains { $0.matches(original) } == true
    }
}

extension Item.Kind {
    /// What requests of a method can be about.
    fileprivate static func subjects(of method: Method) -> [Self] {
        switch method {
        case .toolsCall: [.tool]
        case .promptsGet: [.prompt]
        case .resourcesRead, .resourcesSubscribe, .resourcesUnsubscribe: [.resource, .template]
        case .complete: [.prompt, .resource, .template]
        default: []
        }
    }
}
