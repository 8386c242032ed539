import Aggregator
import Machine
import Signing
import Wire

/// Posts messages to a runtime that speaks HTTP, and reads what comes back.
struct Invocations: BridgePoster {
    let route: HTTPRoute
    let faults: HTTPFaults
    let session: BridgeSession
    let tools: Tools

    /// How much of a refusal is read.
    private static let mostOfRefusal = 64 << 10

    func post(
        _ message: [UInt8], hear: @Sendable (Message) -> Void, room: @Sendable () async -> Void
    ) async throws(Failure) {
        let start = tools.time.now
        var sends = 0
        var mayRenew = true
        while true {
            var request = request(message)
            try await route.authorize(&request)
            sends += 1
            switch try await send(request, hear, room, mayRenew: &mayRenew) {
            case nil: return
            case .some(let (retry, failure)):
                guard let pause = retry.pause(sent: sends, fraction: tools.random()),
                    start.duration(to: tools.time.now) + pause <= route.manners.retryTime,
                    !Task.isCancelled
                else { throw failure }
                if pause > .zero { await tools.time.sleep(for: pause) }
            }
        }
    }

    /// Asks that the session's machine be stopped; whether it is does not matter.
    func stop() async {
        guard case .fixed(let name) = session else { return }
        let context = RequestFields.Context(session: name)
        guard var request = route.manners.farewell(route, context) else { return }
        do throws(Failure) { try await route.authorize(&request) } catch { return }
        await route.client.farewell(request, within: .seconds(2))
    }

    private func request(_ message: [UInt8]) -> HTTPClientRequest {
        var fields = route.fields.headers
        fields.append(("Content-Type", "application/json"))
        fields.append(("Accept", "application/json, text/event-stream"))
        fields.append(("X-Amzn-Bedrock-AgentCore-Runtime-Session-Id", session.next))
        return route.request("POST", route.place, fields, body: message)
    }

    // MARK: One try

    /// Sends a message once; what it returns instead of an answer says when it may be sent again.
    private func send(
        _ request: HTTPClientRequest, _ hear: @Sendable (Message) -> Void,
        _ room: @Sendable () async -> Void, mayRenew: inout Bool
    ) async throws(Failure) -> (Retry, Failure)? {
        let response: any HTTPAnswer
        do throws(MachineFailure) {
            response = try await route.client.send(request)
            route.milestones.reached(nil)
        } catch {
            route.milestones.reached(error)
            let failure = faults.broken(error)
            guard error.delivery == .notSent, error.code != .cancelled,
                let retry = route.manners.retriesUnsent
            else { throw failure }
            return (retry, failure)
        }
        guard (200..<300).contains(response.status) else {
            return try await judge(response, request, mayRenew: &mayRenew)
        }
        route.milestones.letIn(true)
        try await read(response, hear, room)
        route.milestones.gotAnswer()
        return nil
    }

    /// What a refusal means.
    ///
    /// Nothing is read twice here, whatever the message: the bridge may have handed out a line.
    private func judge(
        _ response: any HTTPAnswer, _ request: HTTPClientRequest, mayRenew: inout Bool
    ) async throws(Failure) -> (Retry, Failure) {
        let body = try? await response.whole(limit: Self.mostOfRefusal)
        let refusal = HTTPRefusal(response.status, response.fields, nil, body: body)
        let manners = route.manners
        let failure = manners.explain(refusal) ?? faults.refusal(refusal)
        if manners.doubtsCredentials(refusal), mayRenew {
            mayRenew = false
            if await route.refused(request, refusal) {
                return (Retry(scope: .every, sends: .max), failure)
            }
        }
        route.milestones.letIn(
            !manners.turnsAway(refusal), failure.account, lacksRight: manners.lacksRight(refusal))
        guard let retry = manners.retry(refusal), retry.scope == .every else { throw failure }
        return (retry, failure)
    }

    // MARK: What comes back

    private func read(
        _ response: any HTTPAnswer, _ hear: @Sendable (Message) -> Void,
        _ room: @Sendable () async -> Void
    ) async throws(Failure) {
        let type = (response.fields["content-type"] ?? "").lowercased()
        let answer: Message?
        do throws(MachineFailure) {
            if type.hasPrefix("text/event-stream") { return try await follow(response, hear, room) }
            answer = try await whole(response)
        } catch {
            throw faults.broken(error)
        }
        guard let answer else { return }
        if let failure = otherProtocol(response, answer) { throw failure }
        hear(answer)
    }

    private func follow(
        _ response: any HTTPAnswer, _ hear: @Sendable (Message) -> Void,
        _ room: @Sendable () async -> Void
    ) async throws(MachineFailure) {
        var parser = EventParser(limits: EventLimits(bytes: route.limit))
        while let piece = try await response.next() {
            try take(piece, &parser, hear)
            await room()
        }
    }

    /// The message that a body is; nil where there is none.
    private func whole(_ response: any HTTPAnswer) async throws(MachineFailure) -> Message? {
        let body = try await response.whole(limit: route.limit)
        guard !body.isEmpty else { return nil }
        guard let message = message(body) else {
            throw MachineFailure(
                .unusable, "What came back is no JSON-RPC message.", delivery: .answered)
        }
        return message
    }

    /// The failure of a runtime that does not speak HTTP, as a bridge does; nil for what a server says.
    ///
    /// Only where servers speak MCP does the platform put its own errors into answers; what it says to
    /// a notification has no id.
    private func otherProtocol(_ response: any HTTPAnswer, _ answer: Message) -> Failure? {
        guard answer.kind == .error else { return nil }
        let refusal = HTTPRefusal(response.status, response.fields, answer)
        let hasId = answer.id.map { answer.value($0).kind != .null } ?? false
        guard AgentCoreTrouble.isCertain(refusal),
            !hasId || refusal.fields["x-amzn-errortype"] != nil
        else { return nil }
        let words = String((refusal.words ?? "").prefix(200))
        return Failure(
            .unavailable,
            "Upstream '\(faults.upstream)': AgentCore answers as for an MCP server "
                + "(\(refusal.code ?? 0)): \(words)\(words.hasSuffix(".") ? "" : ".")",
            advice: "Put 'runtime' in the place of 'bridge'.", upstream: faults.upstream,
            executed: .unknown)
    }

    private func take(
        _ piece: [UInt8], _ parser: inout EventParser, _ hear: @Sendable (Message) -> Void
    ) throws(MachineFailure) {
        var at = 0
        do throws(EventFault) {
            while let event = try parser.next(piece.span, from: &at) {
                guard !event.data.isEmpty else { continue }
                guard let message = message(event.data) else { continue }
                hear(message)
            }
        } catch {
            throw MachineFailure(.unusable, error.sentence, delivery: .answered)
        }
    }

    private func message(_ bytes: [UInt8]) -> Message? {
        try? Message(scanning: bytes, limits: Limits(bytes: route.limit))
    }
}
