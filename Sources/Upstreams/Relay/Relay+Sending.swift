import Aggregator
import Machine
import Signing
import Synchronization
import Wire

/// Requests: made, signed, and sent again where nothing can have run.
extension Relay {
    /// An answer whose status says yes.
    struct Accepted {
        let response: HTTPClientResponse
        /// The body, where it was read already.
        var body: [UInt8]?

        /// The whole body; throws `.tooLarge` above `limit` bytes.
        func whole(limit: Int) async throws(MachineFailure) -> [UInt8] {
            if let body { return body }
            return try await response.whole(limit: limit)
        }
    }

    /// The longest body that may be no more than a refusal, in bytes.
    private static let mostOfRefusal = 16 << 10

    private enum Step {
        case accepted(Accepted)
        case again(Duration)
        case failed(RelayTrouble)
    }

    /// Posts a message.
    func send(
        _ parcel: Parcel, _ body: [UInt8], as side: RelaySide
    ) async -> Result<Accepted, RelayTrouble> {
        var tries = RelayTries(parcel, most: settings.sends)
        while true {
            tries.sends += 1
            switch await step(parcel, body, side, &tries) {
            case .accepted(let accepted): return .success(accepted)
            case .failed(let trouble): return .failure(trouble)
            case .again(let pause): if pause > .zero { await time.sleep(for: pause) }
            }
        }
    }

    private func step(
        _ parcel: Parcel, _ body: [UInt8], _ side: RelaySide, _ tries: inout RelayTries
    ) async -> Step {
        let state = side.session.withLock { $0 }
        let ids = state.ids(for: parcel)
        var request = HTTPClientRequest(
            "POST", settings.url, fields: fields(parcel, ids, state), body: body)
        request.deadlines = deadlines(parcel)
        request.bodyLimit = nil
        do throws(Failure) {
            try await side.authorizer?.authorize(&request)
        } catch {
            return .failed(.unauthorized(error))
        }
        do throws(MachineFailure) {
            // Before it leaves: a machine that is still starting has to be stopped in the end, too.
            side.session.withLock { $0.leaves() }
            let response = try await client.send(request)
            guard !(200..<300).contains(response.status) else {
                side.session.withLock { $0.adopt(response.fields, ids, parcel) }
                return await weigh(response, parcel, tries)
            }
            return await judge(response, request, parcel, ids, side, &tries)
        } catch {
            if let pause = tries.pause(after: error) { return .again(pause) }
            return .failed(.broken(error))
        }
    }

    /// Whether an answer in plain JSON only says that the service did not take the request: MCP
    /// runtimes and gateways say so with a status that says yes.
    ///
    /// Servers of other contracts may say the same in words of their own, halfway through a call.
    private func weigh(
        _ response: HTTPClientResponse, _ parcel: Parcel, _ tries: RelayTries
    ) async -> Step {
        var accepted = Accepted(response: response)
        let type = response.fields["content-type"]?.lowercased() ?? ""
        guard parcel.kind == .request, type.hasPrefix("application/json") else {
            return .accepted(accepted)
        }
        let body: [UInt8]
        do throws(MachineFailure) {
            body = try await response.whole(limit: settings.limit)
        } catch {
            return .failed(.unreadable(clause(error)))
        }
        accepted.body = body
        guard body.count <= Self.mostOfRefusal, Self.mayBeError(body),
            let answer = try? Parcel(body), answer.error != nil, answer.answered == parcel.asked
        else { return .accepted(accepted) }
        let refusal = RelayRefusal(response.status, response.fields, body)
        guard parcel.method.isRepeatable || refusal.isSettingUp,
            let pause = tries.pause(after: refusal)
        else { return .accepted(accepted) }
        return .again(pause)
    }

    /// Whether it is worth reading as an error: most answers are not, and are read only once then.
    private static func mayBeError(_ body: [UInt8]) -> Bool {
        let bytes = body.span
        var at = 0
        while at + errorName.count <= bytes.count {
            if bytes[at] == errorName[0],
                errorName.indices.allSatisfy({ bytes[at + $0] == errorName[$0] })
            {
                return true
            }
            at += 1
        }
        return false
    }

    private static let errorName = Array("\"error\"".utf8)

    private func judge(
        _ response: HTTPClientResponse, _ request: HTTPClientRequest, _ parcel: Parcel,
        _ ids: RelaySession.Ids, _ side: RelaySide, _ tries: inout RelayTries
    ) async -> Step {
        let body = (try? await response.whole(limit: settings.limit)) ?? []
        var refusal = RelayRefusal(response.status, response.fields, body)
        refusal.retries = tries.sends - 1
        if await isRenewed(request, response, body, refusal, side), !tries.hasRenewed {
            tries.hasRenewed = true
            if refusal.isExpiry { say(.renewingCredentials) }
            return .again(.zero)
        }
        // A server that names its sessions itself takes an id of ours for one that it has lost.
        if parcel.method == .initialize, refusal.isLostSession,
            side.session.withLock({ $0.refused(ids) })
        {
            return .again(.zero)
        }
        if let pause = tries.pause(after: refusal) { return .again(pause) }
        return .failed(.refused(refusal))
    }

    /// Whether credentials are others now, or may be: what has expired is tried once more anyway.
    private func isRenewed(
        _ request: HTTPClientRequest, _ response: HTTPClientResponse, _ body: [UInt8],
        _ refusal: RelayRefusal, _ side: RelaySide
    ) async -> Bool {
        guard [400, 401, 403].contains(refusal.status), let authorizer = side.authorizer else {
            return false
        }
        let isRenewed = await authorizer.refused(
            request, status: response.status, fields: response.fields, body: body)
        return isRenewed || refusal.isExpiry
    }

    private func deadlines(_ parcel: Parcel) -> HTTPClientRequest.Deadlines {
        var deadlines = settings.deadlines
        if parcel.method == .toolsCall { deadlines.total = settings.toolTime }
        // It lasts as long as the client wants to hear.
        if parcel.method == .listen { deadlines.idle = .seconds(366 * 86_400) }
        return deadlines
    }

    // MARK: Fields

    private func fields(_ parcel: Parcel, _ ids: RelaySession.Ids, _ state: RelaySession)
        -> [(name: String, value: String)]
    {
        var fields = settings.headers
        fields.append(("Content-Type", "application/json"))
        fields.append(("Accept", "application/json, text/event-stream"))
        if let id = ids.runtime {
            fields.append(("X-Amzn-Bedrock-AgentCore-Runtime-Session-Id", id))
        }
        if let id = ids.mcp { fields.append(("Mcp-Session-Id", id)) }
        if let message = parcel.message, let version = message.protocolVersion,
            let name = message.value(version).string
        {
            fields.append(("MCP-Protocol-Version", name))
            fields += mirrored(message)
        } else if parcel.method != .initialize, state.namesRevision, let revision = state.revision {
            fields.append(("MCP-Protocol-Version", revision))
        }
        return fields
    }

    /// What requests of the newest revision say a second time (MCP 2026-07-28, "Transports").
    private func mirrored(_ message: Message) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        if let name = message.methodName {
            fields.append(("Mcp-Method", String(decoding: message[name], as: UTF8.self)))
        }
        let subject = message.method == .resourcesRead ? message.uri : message.name
        if let text = subject.flatMap({ message.value($0).text }) {
            fields.append(("Mcp-Name", String(decoding: HeaderText.encode(text), as: UTF8.self)))
        }
        return fields + parameters.headers(for: message)
    }
}
