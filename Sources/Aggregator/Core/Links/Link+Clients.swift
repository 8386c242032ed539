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
            return (connection, state.profile?.logging == true)
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

    // MARK: Subscriptions

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

    /// A subscription request of our own.
    func subscription(_ method: Method, _ uri: [UInt8]) throws(Failure) -> Call {
        let draft = try Request.draft(method) { params in
            params.key("uri")
            params.string(String(decoding: uri, as: UTF8.self))
        }
        return Call(draft: draft, method: method, target: nil, caller: nil)
    }

    /// Ends the subscriptions that only this client still held.
    package func drop(_ uris: [[UInt8]]) {
        for uri in uris where unwatch(uri) {
            owner.start { [self] in
                guard case .ready(let connection) = state.withLock({ $0.phase }) else { return }
                _ = try? await connection.call(try subscription(.resourcesUnsubscribe, uri))
            }
        }
    }
}
