import Wire

/// Requests that lead nowhere: no chain runs for them, and some plugins want to hear of them.
extension Hub {
    /// What the published name or URI of a request stands for; waits as `resolve` does.
    func resolve(
        _ kind: Item.Kind, _ published: [UInt8], for message: Message, _ caller: Caller
    ) async throws(Failure) -> Target {
        let since = services.time.now
        do throws(Failure) {
            return try await resolve(kind, published)
        } catch {
            await missed(kind, published, message, caller, error, since)
            throw error
        }
    }

    /// The same for a resource, which may be kept from this client alone.
    func resolveResource(
        _ uri: [UInt8], for message: Message, _ caller: Caller
    ) async throws(Failure) -> Target {
        let since = services.time.now
        let target = try await resolve(.resource, uri, for: message, caller)
        do throws(Failure) {
            try permit(target, uri, to: caller.envelope)
        } catch {
            await missed(.resource, uri, message, caller, error, since)
            throw error
        }
        return target
    }

    private func missed(
        _ kind: Item.Kind, _ published: [UInt8], _ message: Message, _ caller: Caller,
        _ failure: Failure, _ since: ContinuousClock.Instant
    ) async {
        let chains = routes.chains
        guard chains.hearsMisses else { return }
        let target = concealed(kind, published, from: caller)
        let call = Call(
            draft: Draft(message), method: message.method, target: target, caller: caller)
        await chains.miss(
            Miss(
                call: call, published: published,
                upstream: target?.upstream ?? failure.upstream ?? owner(of: published, kind),
                rule: target.flatMap { chains.keeper(of: kind, $0, from: caller.envelope) },
                failure: failure, since: since))
    }

    /// What the client would have reached, if no plugin kept it from it.
    private func concealed(
        _ kind: Item.Kind, _ published: [UInt8], from caller: Caller
    ) -> Target? {
        if let target = routes.catalog.concealed[kind]?[published] { return target }
        guard !kind.isNamed, let target = findResource(published, isLate: true),
            routes.chains.hides(.resource, target, from: caller.envelope)
        else { return nil }
        return target
    }

    /// The upstream whose prefix a name has.
    private func owner(of published: [UInt8], _ kind: Item.Kind) -> String? {
        guard kind.isNamed else { return nil }
        return claimants(of: published).first { $0.isCertain }?.link.name
    }
}
