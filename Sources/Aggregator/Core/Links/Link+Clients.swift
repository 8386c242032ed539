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
        let wanted = clients.compactMap(\.logLevel).min()
        let (connection, supportsIt) = state.withLock { state in
            let isNew = wanted != state.level
            state.level = wanted
            guard isNew, wanted != nil, case .ready(let connection) = state.phase else {
                return (nil as (any Connection)?, false)
            }
            // A modern server is told with each request.
            return (connection, state.profile?.logging == true && !state.isModern)
        }
        if let wanted, let connection, supportsIt { push(wanted, to: connection) }
    }

    /// Sends the level; servers that advertise logging and refuse it are left alone.
    func push(_ level: LogLevel, to connection: any Connection) {
        owner.start { [services, name] in
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
}
