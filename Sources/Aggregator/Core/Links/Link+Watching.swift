import Synchronization
package import Wire

/// Who watches which resource: an upstream hears of the first one and of the last one only.
extension Link {
    /// Starts or ends the watching of a resource when nobody else is about to.
    ///
    /// Who comes second may be told that it is watched only once the upstream has agreed, and asks
    /// by itself if it has not.
    func inTurn<Outcome: Sendable>(
        _ uri: [UInt8], _ work: () async throws(Failure) -> Outcome
    ) async throws(Failure) -> Outcome {
        while true {
            let version = turns.version
            if state.withLock({ $0.busy.insert(uri).inserted }) { break }
            await turns.wait(after: version)
            if Task.isCancelled {
                throw Failure(.cancelled, "The call was cancelled.", upstream: name)
            }
        }
        defer {
            state.withLock { _ = $0.busy.remove(uri) }
            turns.raise()
        }
        return try await work()
    }

    /// Notes one more watcher; true when the upstream has to be told.
    package func watch(_ uri: [UInt8]) -> Bool {
        state.withLock { state in
            state.watched[uri, default: 0] += 1
            return state.watched[uri] == 1
        }
    }

    /// Notes one watcher less; true when the upstream has to be told.
    package func unwatch(_ uri: [UInt8]) -> Bool {
        state.withLock { state in
            guard let count = state.watched[uri] else { return false }
            state.watched[uri] = count > 1 ? count - 1 : nil
            return count == 1
        }
    }

    /// A request to start or stop watching a resource.
    ///
    /// It is how all of the core speaks of watching: `call` does what the upstream's era wants.
    package func subscription(
        _ method: Method, _ uri: [UInt8], caller: Caller? = nil
    ) throws(Failure) -> Call {
        let draft = try Request.draft(method) { params in
            params.key("uri")
            params.string(String(decoding: uri, as: UTF8.self))
        }
        let target = Target(upstream: name, original: uri)
        return Call(draft: draft, method: method, target: target, caller: caller)
    }

    /// Ends the subscriptions that only this client still held.
    package func drop(_ uris: [[UInt8]]) {
        for uri in uris where unwatch(uri) {
            owner.start { [self] in
                guard let open = openConnection else { return }
                guard !open.isModern else { return listening.raise() }
                _ = try? await open.connection.call(try subscription(.resourcesUnsubscribe, uri))
            }
        }
    }
}
