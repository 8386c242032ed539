import Wire

extension Hub {
    /// `completion/complete`: the reference names a prompt or a template of one upstream.
    func complete(_ message: Message, _ caller: Caller) async throws(Failure) -> Answer {
        let reference = message.params.flatMap { Value(message.bytes, $0)["ref"] }
        let isPrompt = reference?["type"]?.string == "ref/prompt"
        guard let reference, let member = reference[isPrompt ? "name" : "uri"],
            let published = member.text
        else {
            throw Failure(.invalidParams, "'ref' must name a prompt or a resource.")
        }
        let target = try await resolve(
            isPrompt ? .prompt : .template, published, for: message, caller)
        var draft = Draft(message)
        if target.original != published {
            draft.replace(member.extent, with: target.token)
        }
        let link = try link(to: target, for: caller)
        // An upstream that completes nothing is not even asked.
        guard link.profile?.completions != false else {
            return .result(Array(#"{"completion":{"values":[]}}"#.utf8))
        }
        return try await pass(
            Call(draft: draft, method: .complete, target: target, caller: caller))
    }

    /// `resources/subscribe` and `unsubscribe`: the first and the last one go to the upstream.
    func subscribe(
        _ message: Message, _ client: any HubClient, _ caller: Caller
    ) async throws(Failure) -> Answer {
        guard let extent = message.uri, let uri = Value(message.bytes, extent).text else {
            throw Failure(.invalidParams, "The parameters lack 'uri', a string.")
        }
        if message.method == .resourcesUnsubscribe, let past = client.watches[uri],
            client.links[past] == nil
        {
            // Its upstream is out of service, and not to be told when it is back either.
            _ = client.unwatch(uri)
            return .empty
        }
        let target = try await resolveResource(uri, for: message, caller)
        let link = try link(to: target, for: caller)
        var draft = Draft(message)
        if target.original != uri {
            draft.replace(extent, with: target.token)
        }
        let call = Call(draft: draft, method: message.method, target: target, caller: caller)
        return try await link.inTurn(target.original) { () async throws(Failure) -> Answer in
            message.method == .resourcesSubscribe
                ? try await self.subscribe(call, uri, target, client, link)
                : try await self.unsubscribe(call, uri, target, client, link)
        }
    }

    private func subscribe(
        _ call: Call, _ uri: [UInt8], _ target: Target, _ client: any HubClient, _ link: Link
    ) async throws(Failure) -> Answer {
        // The URI may have been another upstream's before.
        if let past = client.watches[uri], past.upstream != target.upstream {
            client.links[past]?.drop([past.original])
        }
        try admit(uri, watchedBy: client)
        guard client.watch(uri, target) else { return .empty }
        guard link.watch(target.original) else { return .empty }
        do throws(Failure) {
            let answer = try await pass(call)
            if answer.isError { forget(uri, target, client, link) }
            return answer
        } catch {
            forget(uri, target, client, link)
            throw error
        }
    }

    /// How many resources one client may watch, and how long their URIs may be, in bytes.
    private static let mostWatched = 1000
    private static let longestWatched = 1 << 16

    private func admit(_ uri: [UInt8], watchedBy client: any HubClient) throws(Failure) {
        guard uri.count <= Self.longestWatched else {
            throw Failure(.invalidParams, "A URI that is watched has at most 64 KiB.")
        }
        let watches = client.watches
        guard watches.count < Self.mostWatched || watches[uri] != nil else {
            throw Failure(
                .refused,
                "\(Self.mostWatched) resources are watched already; unsubscribe from one first.")
        }
    }

    private func forget(_ uri: [UInt8], _ target: Target, _ client: any HubClient, _ link: Link) {
        if client.unwatch(uri) { _ = link.unwatch(target.original) }
    }

    private func unsubscribe(
        _ call: Call, _ uri: [UInt8], _ target: Target, _ client: any HubClient, _ link: Link
    ) async throws(Failure) -> Answer {
        guard client.unwatch(uri), link.unwatch(target.original) else { return .empty }
        return try await pass(call)
    }

    /// Ends everything that a session watched.
    func unwatch(_ watched: [[UInt8]: Target], by client: any HubClient) {
        let byUpstream = Dictionary(grouping: watched.values, by: \.upstream)
        for link in client.links.all {
            link.drop(byUpstream[link.name]?.map(\.original) ?? [])
        }
    }

    /// A method of no revision: only where it is clear whom it is meant for.
    func foreign(
        _ message: Message, _ client: any HubClient, _ caller: Caller
    ) async throws(Failure) -> Answer {
        let links = client.links.all
        guard message.method == .other, links.count == 1, let link = links.first else {
            let name = message.methodName.map {
                String(decoding: message.bytes[$0.range].prefix(80), as: UTF8.self)
            }
            throw Failure(.methodNotFound, "Method not found: '\(name ?? "")'.")
        }
        let target = Target(upstream: link.name, original: [])
        return try await pass(
            Call(draft: Draft(message), method: .other, target: target, caller: caller))
    }
}
