import Synchronization
package import Wire

extension Link {
    /// Shakes hands, replays what earlier sessions knew, fetches the lists, keeps them fresh; and all
    /// of that again when the server has forgotten the session.
    ///
    /// Returns a failure if a handshake failed, nil when the connection has ended.
    func open(_ connection: any Connection) async -> Failure? {
        state.withLock { $0.opening = connection }
        defer { state.withLock { $0.opening = nil } }
        do throws(Failure) {
            while true {
                let profile = try await greet(connection)
                // The connection may have been lost right behind its answer.
                guard !Task.isCancelled else { return nil }
                become(ready: connection, profile)
                replay(to: connection)
                await follow(connection, profile)
                guard !Task.isCancelled else { return nil }
                await pauseBeforeReopening()
            }
        } catch {
            return error
        }
    }

    /// Fetches the lists and keeps them, and hears what the server announces, until the session is
    /// forgotten or the task is cancelled.
    private func follow(_ connection: any Connection, _ profile: ServerProfile) async {
        await withTaskGroup(of: Void.self) { group in
            // Before the lists are fetched, so that no change of them is missed.
            if profile.revision.isModern {
                group.addImmediateTask { await self.keepListening(connection, profile) }
            }
            group.addImmediateTask {
                let all = Set(Item.Kind.allCases)
                let failed = await self.list(all, from: connection, profile)
                await self.keepListsFresh(connection, profile, failed: failed)
            }
            await untilForgotten()
            group.cancelAll()
        }
    }

    private func become(ready connection: any Connection, _ profile: ServerProfile) {
        let loss = state.withLock { state in
            defer { state.forgotten = nil }
            state.session += 1
            state.profile = profile
            state.isModern = profile.revision.isModern
            state.skipsProbe = false
            mentionsResources.store(profile.resources, ordering: .relaxed)
            isModern.store(profile.revision.isModern, ordering: .relaxed)
            let now = services.time.now
            state.readySince = now
            state.startTook = state.startedAt.map { $0.duration(to: now) }
            state.hasBeenReady = true
            state.stale = []
            state.isListed = false
            return state.forgotten
        }
        services.log(
            .info,
            "Upstream '\(name)' is ready: \(profile.label.map { "\($0), " } ?? "")"
                + "protocol \(profile.revision.rawValue).")
        enter(.ready(connection))
        if let loss {
            announce("\(loss.message) It was greeted again, and nothing that ran is run again.")
        }
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
