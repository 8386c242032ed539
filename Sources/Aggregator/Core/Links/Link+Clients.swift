import Synchronization
import Wire

extension Link {
    /// Adds a client whose questions, logs and changes come through this link.
    package func attach(_ client: any LinkClient) {
        state.withLock { $0.sessions[ObjectIdentifier(client)] = client }
        pushLevel()
        wake()
    }

    /// Forgets a client.
    package func detach(_ client: any LinkClient) {
        state.withLock { _ = $0.sessions.removeValue(forKey: ObjectIdentifier(client)) }
    }

    /// Everybody who is attached.
    var clients: [any LinkClient] { state.withLock { Array($0.sessions.values) } }

    /// Tells the upstream the most verbose level that any client wants, if it changed.
    package func pushLevel() {
        let said = clients.compactMap(\.logLevel)
        let (connection, supportsIt, wanted) = state.withLock { state in
            let wanted = (said + [state.asked].compactMap { $0 }).min()
            let isNew = wanted != state.level
            state.level = wanted
            guard isNew, wanted != nil, case .ready(let connection) = state.phase else {
                return (nil as (any Connection)?, false, wanted)
            }
            // A modern server is told with each request.
            return (connection, state.profile?.logging == true && !state.isModern, wanted)
        }
        if let wanted, let connection, supportsIt { push(wanted, to: connection) }
    }

    /// Sees to it that a legacy server says what a request that brings its own envelope asks to hear,
    /// before that request is sent.
    func raise(to level: LogLevel) async {
        let connection = state.withLock { state -> (any Connection)? in
            guard !state.isModern else { return nil }
            state.asked = min(state.asked ?? level, level)
            guard state.level.map({ $0 > level }) ?? true else { return nil }
            state.level = level
            return state.profile?.logging == true ? state.connected : nil
        }
        if let connection { await set(level, on: connection) }
    }

    /// Sends the level; servers that advertise logging and refuse it are left alone.
    func push(_ level: LogLevel, to connection: any Connection) {
        owner.start { [self] in await set(level, on: connection) }
    }

    private func set(_ level: LogLevel, on connection: any Connection) async {
        do throws(Failure) {
            let draft = try Request.draft(.setLevel) { params in
                params.key("level")
                params.string(level.name)
            }
            _ = try await connection.call(
                Call(draft: draft, method: .setLevel, target: nil, caller: nil))
        } catch {
            services.log(.debug, "Upstream '\(name)' did not take the log level.")
        }
    }
}
