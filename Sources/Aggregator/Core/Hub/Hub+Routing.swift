import Synchronization
import Wire

extension Hub {
    /// Answers a client's request, here or at the upstream that its name or URI leads to.
    func answer(
        _ message: Message, from client: any HubClient, _ caller: Caller, _ routes: Routes
    ) async throws(Failure) -> Answer {
        guard let (extent, target) = known(message, routes) else {
            return try await answerSlowly(message, from: client, caller)
        }
        var call = Call(
            draft: Draft(message, replacing: extent, with: target.token), method: message.method,
            target: target, caller: caller)
        call.isDirect = caller.isWoken
        if let chain = routes.chains[call.method, target] {
            return try await pass(call, through: chain)
        }
        let link = try link(to: target, for: caller)
        if let level = caller.envelope.logLevel { await link.raise(to: level) }
        return try await exchange(call, caller, link)
    }

    /// Kept apart too: chains are rare.
    @inline(never)
    private func pass(_ call: Call, through chain: Next) async throws(Failure) -> Answer {
        try await chain(call)
    }

    /// Everything but a call to a name that is known: kept apart, because it needs much more room,
    /// and a task with little of it is made faster.
    @inline(never)
    private func answerSlowly(
        _ message: Message, from client: any HubClient, _ caller: Caller
    ) async throws(Failure) -> Answer {
        switch message.method {
        case .toolsCall: return try await route(message, caller, .tool)
        case .promptsGet: return try await route(message, caller, .prompt)
        case .resourcesRead: return try await route(message, caller, .resource)
        case .toolsList: return try await list(.tool, message, client, caller)
        case .promptsList: return try await list(.prompt, message, client, caller)
        case .resourcesList: return try await list(.resource, message, client, caller)
        case .resourceTemplatesList: return try await list(.template, message, client, caller)
        case .complete: return try await complete(message, caller)
        case .resourcesSubscribe, .resourcesUnsubscribe:
            return try await subscribe(message, client, caller)
        default: return try await foreign(message, client, caller)
        }
    }

    /// What the name or URI of a request stands for and where it is, if it is known: as in nearly
    /// every request.
    private func known(_ message: Message, _ routes: Routes) -> (Extent, Target)? {
        guard let kind = Item.Kind(routedBy: message.method),
            let extent = kind.isNamed ? message.name : message.uri,
            let target = routes.catalog.target(kind, token: extent, of: message.bytes)
        else { return nil }
        return (extent, target)
    }

    /// Sends a call through the plugins that want it, then to its upstream.
    func pass(_ call: Call) async throws(Failure) -> Answer {
        guard let chain = routes.chains[call.method, call.target] else {
            return try await forward(call)
        }
        return try await chain(call)
    }

    /// The last step of the plugin chain: to the upstream and back.
    func forward(_ call: Call) async throws(Failure) -> Answer {
        guard let target = call.target, let caller = call.caller else { return .empty }
        let link = try link(to: target, for: caller)
        if let level = caller.envelope.logLevel { await link.raise(to: level) }
        return try await exchange(call, caller, link)
    }

    /// To the upstream and back; rounds are rare, and kept apart for that.
    @inline(__always)
    private func exchange(
        _ call: Call, _ caller: Caller, _ link: Link
    ) async throws(Failure) -> Answer {
        if link.speaksModern { return try await driven(call, caller, link) }
        let answer = try await link.call(call)
        // That it does may have been found out on the way.
        guard link.speaksModern else { return try adapt(answer, call, link) }
        return try await driven(answer, call, caller, link, since: services.time.now)
    }

    // MARK: By name or URI

    private func route(
        _ message: Message, _ caller: Caller, _ kind: Item.Kind
    ) async throws(Failure) -> Answer {
        try await pass(try await located(message, caller, kind))
    }

    /// The call that a request is which names an item.
    func located(_ message: Message, _ caller: Caller) async throws(Failure) -> Call {
        if let (extent, target) = known(message, routes) {
            return Call(
                draft: Draft(message, replacing: extent, with: target.token),
                method: message.method, target: target, caller: caller)
        }
        guard let kind = Item.Kind(routedBy: message.method) else {
            throw Failure(.methodNotFound, "Method not found: '\(message.method.name)'.")
        }
        return try await located(message, caller, kind)
    }

    private func located(
        _ message: Message, _ caller: Caller, _ kind: Item.Kind
    ) async throws(Failure) -> Call {
        guard let extent = kind.isNamed ? message.name : message.uri else {
            throw lacks(kind)
        }
        guard let published = Value(message.bytes, extent).text else { throw lacks(kind) }
        let target = try await resolve(kind, published, for: message, caller)
        var draft = Draft(message)
        if published != target.original { draft.replace(extent, with: target.token) }
        return Call(draft: draft, method: message.method, target: target, caller: caller)
    }

    private func lacks(_ kind: Item.Kind) -> Failure {
        Failure(
            .invalidParams, "The parameters lack '\(kind.isNamed ? "name" : "uri")', a string.")
    }

    /// Finds what a published name or URI stands for; waits while its upstream may be starting.
    ///
    /// A name says by its prefix whom to wait for. A URI does not: it waits no longer than a list.
    func resolve(_ kind: Item.Kind, _ published: [UInt8]) async throws(Failure) -> Target {
        let deadline =
            kind.isNamed
            ? nil : services.time.now.advanced(by: configuration.limits.startWait)
        while true {
            let version = changed.version
            let isLate = deadline.map { $0 <= services.time.now } ?? false
            if let target = find(kind, published, isLate: isLate) { return target }
            guard mayAppear(kind, published), !isLate, !Task.isCancelled else {
                throw unknown(kind, published)
            }
            await changed.wait(after: version, until: deadline, on: services.time)
        }
    }

    /// The resource that a client speaks of, waiting as `resolve` does.
    func resolveResource(_ uri: [UInt8]) async throws(Failure) -> Target {
        try await resolve(.resource, uri)
    }

    private func find(_ kind: Item.Kind, _ published: [UInt8], isLate: Bool) -> Target? {
        if kind == .template, let target = catalog.target(.template, named: published) {
            return target
        }
        guard !kind.isNamed else { return catalog.target(kind, named: published) }
        // There are more ways to a resource than its entry in the list, and each is guarded.
        guard let target = findResource(published, isLate: isLate),
            !routes.chains.hides(.resource, target)
        else {
            return nil
        }
        return target
    }

    func findResource(_ uri: [UInt8], isLate: Bool) -> Target? {
        if let target = catalog.target(uri: uri), isConfigured(target.upstream) { return target }
        if let upstream = state.withLock({ $0.mentioned[uri] }) {
            return Target(upstream: upstream, original: uri)
        }
        // Only once everybody else has had the time to list it.
        guard isLate || !isSettling else { return nil }
        return onlyResourceUpstream.map { Target(upstream: $0, original: uri) }
    }

    /// The link of the upstream that had the name before its items were no longer shown.
    ///
    /// For its state only: whether the name may be called, the catalog says.
    private func absentLink(_ kind: Item.Kind, _ published: [UInt8]) -> Link? {
        state.withLock { state in
            guard !state.absent.isEmpty else { return nil }
            let name = String(decoding: published, as: UTF8.self)
            let entry = state.names.entries.first { key, entry in
                key.kind == kind && entry.published == name && state.absent.contains(key.upstream)
            }
            guard let upstream = entry?.key.upstream else { return nil }
            return state.links.first { $0.key.upstream == upstream }?.value
        }
    }

    /// A wrapped URI says itself whom it belongs to, which anybody can write.
    private func isConfigured(_ upstream: String) -> Bool {
        state.withLock { state in
            state.configuration.upstreams.contains { $0.name == upstream && $0.isEnabled }
        }
    }

    /// An upstream knows URIs that it does not list; if only one has resources, it is that one.
    private var onlyResourceUpstream: String? {
        let names = state.withLock { state in
            state.configuration.upstreams.map(\.name).filter { name in
                state.listings[name]?.items[.resource] != nil
                    || state.listings[name]?.items[.template] != nil
            }
        }
        return names.count == 1 ? names.first : nil
    }

    /// Whether an upstream that may publish the name has not had the time to.
    private func mayAppear(_ kind: Item.Kind, _ published: [UInt8]) -> Bool {
        guard kind.isNamed else { return isSettling }
        let (isStale, listings) = state.withLock { ($0.isStale, $0.listings) }
        return isStale
            || claimants(of: published).contains { link, isCertain in
                // Another try is waited for too, if only that can say what there is.
                link.isStillStarting
                    || isCertain && link.isComingUp && listings[link.name] == nil
            } || absentLink(kind, published)?.isComingUp == true
    }

    /// The links whose upstream's prefix the name has, and those of upstreams without a prefix.
    func claimants(of published: [UInt8]) -> [(link: Link, isCertain: Bool)] {
        let (configuration, links) = state.withLock { ($0.configuration, Array($0.links.values)) }
        return links.compactMap { link in
            let prefix = configuration.prefix(of: link.settings)
            if prefix.isEmpty { return (link, false) }
            return published.starts(with: Array("\(prefix)__".utf8)) ? (link, true) : nil
        }
    }

    func unknown(_ kind: Item.Kind, _ published: [UInt8]) -> Failure {
        if Task.isCancelled { return Failure(.cancelled, "The call was cancelled.") }
        let name = String(decoding: published.prefix(200), as: UTF8.self)
        guard !kind.isNamed else {
            // A name that is missing because its upstream is down: say so, not that it is unknown.
            if let outage = absentLink(kind, published)?.outage { return outage }
            for claimant in claimants(of: published) where claimant.isCertain {
                if let reason = claimant.link.outage ?? claimant.link.listProblem(kind) {
                    return reason
                }
            }
            return Failure(
                .invalidParams,
                "Unknown \(kind.rawValue) '\(name)'. List the \(kind.plural) for what there is now."
            )
        }
        var data = JSONWriter()
        data.beginObject()
        data.key("uri")
        data.string(name)
        data.endObject()
        return Failure(
            .resourceNotFound, "No upstream has a resource '\(name)'.", data: data.bytes)
    }

    /// Whether the catalog may still gain items from upstreams that have not come up yet.
    package var isSettling: Bool {
        let (isStale, links) = state.withLock { ($0.isStale, Array($0.links.values)) }
        return isStale || links.contains(where: \.isStillStarting)
    }
}
