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
            let profile = try await greet(connection)
            // The connection may have been lost right behind its answer.
            guard !Task.isCancelled else { return nil }
            become(ready: connection, profile)
            replay(to: connection)
            await follow(connection, profile)
            return nil
        } catch {
            return error
        }
    }

    /// Fetches the lists and keeps them, and hears what the server announces.
    private func follow(_ connection: any Connection, _ profile: ServerProfile) async {
        await withDiscardingTaskGroup { group in
            // Before the lists are fetched, so that no change of them is missed.
            if profile.revision.isModern {
                group.addImmediateTask { await self.keepListening(connection, profile) }
            }
            let failed = await list(Set(Item.Kind.allCases), from: connection, profile)
            await keepListsFresh(connection, profile, failed: failed)
        }
    }

    private func become(ready connection: any Connection, _ profile: ServerProfile) {
        state.withLock { state in
            state.profile = profile
            state.isModern = profile.revision.isModern
            state.skipsProbe = false
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

    /// What a fresh session does not know: the log level and who watches what (promise 4).
    ///
    /// A modern server has no session: it is told with every request, and by listening.
    private func replay(to connection: any Connection) {
        let (level, watched, profile) = state.withLock {
            ($0.level, Array($0.watched.keys), $0.profile)
        }
        guard profile?.revision.isModern == false else { return }
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
