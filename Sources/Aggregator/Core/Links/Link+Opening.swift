import Synchronization
package import Wire

extension Link {
    /// Shakes hands, replays what earlier connections knew, fetches the lists, keeps them fresh.
    ///
    /// Returns a failure if the handshake failed, nil when the connection has ended.
    func open(_ connection: any Connection) async -> Failure? {
        state.withLock { $0.opening = connection }
        defer { state.withLock { $0.opening = nil } }
        do throws(Failure) {
            let profile = try await handshake(connection)
            // The connection may have been lost right behind its answer.
            guard !Task.isCancelled else { return nil }
            become(ready: connection, profile)
            replay(to: connection)
            let failed = await list(Set(Item.Kind.allCases), from: connection, profile)
            await keepListsFresh(connection, profile, failed: failed)
            return nil
        } catch {
            return error
        }
    }

    private func handshake(_ connection: any Connection) async throws(Failure) -> ServerProfile {
        let draft = try Request.draft(.initialize) { params in
            params.key("protocolVersion")
            params.string(Revision.newestLegacy.rawValue)
            params.key("capabilities")
            params.raw(envelope.capabilities.offered)
            params.key("clientInfo")
            services.identity.write(into: &params)
        }
        var call = Call(draft: draft, method: .initialize, target: nil, caller: nil)
        call.patience = settings.timeouts.start
        let answer = try await greet(connection, call)
        guard let result = answer.result else { throw refusedHandshake(answer) }
        guard let profile = ServerProfile(Value(answer.bytes, result)) else {
            throw Failure(
                .malformed,
                "Upstream '\(name)' answered 'initialize' with a protocol version that Manifold "
                    + "does not speak.", upstream: name)
        }
        connection.notify(try Request.draft(.initialized, isNotification: true))
        return profile
    }

    private func greet(_ connection: any Connection, _ call: Call) async throws(Failure) -> Message
    {
        do throws(Failure) {
            return try await connection.call(call)
        } catch {
            guard error.code == .timeout else { throw error }
            throw Failure(
                .unavailable,
                "Upstream '\(name)' did not answer 'initialize' within "
                    + "\(settings.timeouts.start.described) ('timeouts.start').",
                upstream: name)
        }
    }

    private func refusedHandshake(_ answer: Message) -> Failure {
        let error = answer.error.map { Value(answer.bytes, $0) }
        let reason = error?["message"]?.string ?? "no reason given"
        return Failure(
            .unavailable, "Upstream '\(name)' refused 'initialize': \(reason.prefix(200)).",
            upstream: name)
    }

    private func become(ready connection: any Connection, _ profile: ServerProfile) {
        state.withLock { state in
            state.profile = profile
            mentionsResources.store(profile.resources, ordering: .relaxed)
            let now = services.time.now
            state.readySince = now
            state.startTook = state.startedAt.map { $0.duration(to: now) }
            state.hasBeenReady = true
            state.stale = []
            state.isListed = false
        }
        services.log(
            .info,
            "Upstream '\(name)' is ready: \(profile.name) \(profile.version), "
                + "protocol \(profile.revision.rawValue).")
        enter(.ready(connection))
    }

    /// What a fresh connection does not know: the log level and who watches what (promise 4).
    private func replay(to connection: any Connection) {
        let (level, watched, profile) = state.withLock {
            ($0.level, Array($0.watched.keys), $0.profile)
        }
        if let level, profile?.logging == true { push(level, to: connection) }
        guard profile?.subscribe == true else { return }
        for uri in watched {
            owner.start { [self] in
                _ = try? await connection.call(try subscription(.resourcesSubscribe, uri))
                // Changes may have been missed meanwhile.
                await updated(uri)
            }
        }
    }
}

extension Services.Identity {
    /// Writes the `Implementation` object.
    package func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        if let title {
            writer.key("title")
            writer.string(title)
        }
        writer.key("version")
        writer.string(version)
        writer.endObject()
    }
}
