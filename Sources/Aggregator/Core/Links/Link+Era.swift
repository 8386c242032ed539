import Synchronization
import Wire

extension Link {
    /// Opens the conversation as the server's era wants it, finding that out if need be.
    func greet(_ connection: any Connection) async throws(Failure) -> ServerProfile {
        switch settings.era {
        case .legacy: return try begin(connection, try await initialize(connection))
        case .modern: return try await discover(connection)
        case .auto: return try await negotiate(connection)
        }
    }

    private func negotiate(_ connection: any Connection) async throws(Failure) -> ServerProfile {
        let isKnown = owner.isKnownLegacy(endpoint.fingerprint)
        // It has exited on the probe: there is nothing else to be tried.
        if state.withLock({ $0.skipsProbe }) { return try await openUnasked(connection) }
        if isKnown || connection.greetsFirst || prefersSession && connection.keepsEra {
            return try await openIfPossible(connection, isKnown)
        }
        switch try await probe(connection) {
        case .answered(.modern(let profile)):
            if prefersSession, !connection.keepsEra, let own = try await session(on: connection) {
                return own
            }
            connection.learned(profile)
            return profile
        case .answered(.refused): return try await discover(connection)
        case .answered(.foreign(let versions)): throw foreign(versions)
        case .answered(.legacy): return try await open(connection) { true }
        case .silence:
            // A server that was only slow to start will have read the probe when it answers this
            // late, and may be a modern one: it is asked again next time.
            let deadline = services.time.now.advanced(by: .seconds(2))
            return try await open(connection) { services.time.now < deadline }
        }
    }

    /// Opens a session with a server that has exited on the probe: there is nothing else to be tried,
    /// unless it answers that it wants no session.
    private func openUnasked(_ connection: any Connection) async throws(Failure) -> ServerProfile {
        do throws(Failure) {
            return try await open(connection) { true }
        } catch {
            if error.code == .unavailable || error.code == .signedOut {
                state.withLock { $0.skipsProbe = false }
            }
            throw error
        }
    }

    /// Whether a session is tried first, so that a server of both eras is used as a legacy one.
    ///
    /// What a server asks in a session reaches the client as it is. Servers that are only modern ask
    /// inside of their results, and the rounds are driven (`Hub+Driving`); but those of both eras
    /// often have questions that only a session carries.
    private var prefersSession: Bool {
        let able = envelope.capabilities
        return !envelope.revision.isModern
            && (able.roots || able.sampling || able.elicitationForm || able.elicitationURL)
    }

    /// Opens a session with a server that need not have one; nil if it does not want to.
    private func session(
        on connection: any Connection
    ) async throws(Failure) -> ServerProfile? {
        do throws(Failure) {
            let answer = try await initialize(connection)
            return answer.result == nil ? nil : try begin(connection, answer)
        } catch {
            guard error.code == .malformed || error.code == .refused else { throw error }
            return nil
        }
    }

    /// Opens a session; a server that refuses is asked what it is.
    private func openIfPossible(
        _ connection: any Connection, _ isKnown: Bool
    ) async throws(Failure) -> ServerProfile {
        let refusal: Failure
        do throws(Failure) {
            let answer = try await initialize(connection)
            if answer.result != nil { return try begin(connection, answer) }
            refusal = self.refusal(of: .initialize, answer)
        } catch {
            guard error.code == .malformed else { throw error }
            refusal = error
        }
        if isKnown { owner.found(endpoint.fingerprint, isLegacy: false) }
        guard case .answered(let found) = try await probe(connection) else { throw refusal }
        switch found {
        case .modern(let profile):
            connection.learned(profile)
            return profile
        case .refused: return try await discover(connection)
        case .foreign(let versions): throw foreign(versions)
        case .legacy: throw refusal
        }
    }

    /// What came of asking.
    private enum Reply {
        case answered(Discovery)
        case silence
    }

    /// Asks a server that may be of either era.
    ///
    /// Some exit on anything but `initialize`: such a one is started again and not asked.
    private func probe(_ connection: any Connection) async throws(Failure) -> Reply {
        do throws(Failure) {
            let call = try question(
                .discover, patience: min(.seconds(10), settings.timeouts.start / 2))
            return .answered(Discovery(try await connection.call(call)))
        } catch {
            switch error.code {
            case .timeout: return .silence
            // What is no answer was no modern server's.
            case .malformed: return .answered(.legacy)
            // Where every request has a connection of its own, the end of one says nothing.
            case .lost where connection.keepsEra:
                state.withLock { state in
                    state.skipsProbe = true
                    state.startsAtOnce = true
                }
                throw error
            default: throw error
            }
        }
    }

    /// Opens a session, unless the server turns out to be modern; then it is asked what it is.
    ///
    /// That it is not is remembered if `isSure` says so once it has answered.
    private func open(
        _ connection: any Connection, _ isSure: () -> Bool
    ) async throws(Failure) -> ServerProfile {
        let answer = try await initialize(connection)
        if case .refused = Discovery(answer) {
            owner.found(endpoint.fingerprint, isLegacy: false)
            return try await discover(connection)
        }
        let isSure = isSure()
        let profile = try begin(connection, answer)
        if isSure { owner.found(endpoint.fingerprint, isLegacy: true) }
        return profile
    }

    // MARK: The two ways to open

    /// Asks a server that is said to be modern what it is; what it objects to is put right once.
    private func discover(_ connection: any Connection) async throws(Failure) -> ServerProfile {
        for _ in 0..<2 {
            let call = try question(.discover, patience: settings.timeouts.start)
            let answer = try await first(call, on: connection)
            switch Discovery(answer) {
            case .modern(let profile):
                connection.learned(profile)
                return profile
            case .refused: continue
            case .foreign(let versions): throw foreign(versions)
            case .legacy: throw refusal(of: .discover, answer)
            }
        }
        throw Failure(
            .unavailable,
            "Upstream '\(name)' speaks \(Revision.newestModern.rawValue), but refuses "
                + "'server/discover'.", upstream: name)
    }

    /// A request of ours that opens a conversation with a modern server.
    private func question(_ method: Method, patience: Duration) throws(Failure) -> Call {
        var call = Call(
            draft: try Request.draft(method), method: method, target: nil, caller: nil)
        call.patience = patience
        return dressed(call, isModern: true)
    }

    private func initialize(_ connection: any Connection) async throws(Failure) -> Message {
        let draft = try Request.draft(.initialize) { params in
            params.key("protocolVersion")
            params.string(Revision.newestLegacy.rawValue)
            params.key("capabilities")
            params.raw(envelope.capabilities.offered)
            params.key("clientInfo")
            params.raw(introduction)
        }
        var call = Call(draft: draft, method: .initialize, target: nil, caller: nil)
        call.patience = settings.timeouts.start
        return try await first(call, on: connection)
    }

    /// Begins the session that the server has agreed to.
    private func begin(
        _ connection: any Connection, _ answer: Message
    ) throws(Failure) -> ServerProfile {
        guard let result = answer.result else { throw refusal(of: .initialize, answer) }
        guard let profile = ServerProfile(Value(answer.bytes, result)) else {
            throw Failure(
                .malformed,
                "Upstream '\(name)' answered 'initialize' with a protocol version that Manifold "
                    + "does not speak.", upstream: name)
        }
        connection.learned(profile)
        connection.notify(try Request.draft(.initialized, isNotification: true))
        return profile
    }

    // MARK: What goes wrong

    private func first(
        _ call: Call, on connection: any Connection
    ) async throws(Failure) -> Message {
        do throws(Failure) {
            return try await connection.call(call)
        } catch {
            guard error.code == .timeout else { throw error }
            // What it said to the tries before may be why.
            let obstacle = connection.obstacle.map { " \($0)" } ?? ""
            throw Failure(
                .unavailable,
                "Upstream '\(name)' did not answer '\(call.method.name)' within "
                    + "\(settings.timeouts.start.described) ('timeouts.start').\(obstacle)",
                upstream: name)
        }
    }

    private func refusal(of method: Method, _ answer: Message) -> Failure {
        let error = answer.error.map { Value(answer.bytes, $0) }
        let reason = String((error?["message"]?.string ?? "no reason given").prefix(200))
        let clause = reason.hasSuffix(".") ? reason.dropLast() : reason[...]
        return Failure(
            .unavailable, "Upstream '\(name)' refused '\(method.name)': \(clause).",
            upstream: name)
    }

    private func foreign(_ versions: [String]) -> Failure {
        let theirs = versions.prefix(8).map { "'\($0.prefix(20))'" }.joined(separator: ", ")
        return Failure(
            .unavailable,
            "Upstream '\(name)' speaks none of the protocol versions known here, only \(theirs).",
            upstream: name)
    }
}
