import Wire

/// Answers that ask for input first, between clients and upstreams that both have them
/// (MCP 2026-07-28, "Input required").
extension Hub {
    /// Passes on what an upstream needs to know, with a state that leads back to it.
    func inputRequired(
        _ result: Value, _ call: Call, _ caller: Caller, _ link: Link, _ draft: Draft
    ) throws(Failure) -> Draft {
        guard caller.envelope.revision.isModern else {
            throw Failure(
                .refused,
                "Upstream '\(link.name)' asks for input in answer to '\(call.method.name)', which "
                    + "no revision lets it do.",
                upstream: link.name, executed: .unknown)
        }
        var draft = draft
        if let requests = result["inputRequests"], requests.kind == .object {
            for (_, request) in requests.members { try admit(request, caller, link, &draft) }
        }
        seal(result, call, caller, &draft)
        return draft
    }

    /// Refuses what the client has not said that it can do, and names who asks.
    private func admit(
        _ request: Value, _ caller: Caller, _ link: Link, _ draft: inout Draft
    ) throws(Failure) {
        let method = request["method"]?.text.map { Method($0) } ?? .other
        let params = request["params"]
        if let missing = caller.envelope.capabilities.missing(for: method, params) {
            var data = JSONWriter()
            data.beginObject()
            data.key("requiredCapabilities")
            data.raw(missing.required)
            data.endObject()
            throw Failure(
                .missingCapability, "\(missing.sentence) Upstream '\(link.name)' needs it.",
                upstream: link.name, executed: .unknown, data: data.bytes)
        }
        if method == .elicit, let params { link.label(params, in: &draft) }
    }

    /// Wraps the upstream's state, or says without one whom to go back to.
    private func seal(
        _ result: Value, _ call: Call, _ caller: Caller, _ draft: inout Draft
    ) {
        // The client says it again in its own words, not in those of a plugin.
        let heard = call.heard ?? call.draft.message
        guard let target = call.target, let params = heard.params else { return }
        let state = result["requestState"]
        let round = RoundState(
            target: target, method: call.method, state: state?.copy(),
            digest: digest(heard.value(params)))
        let token = services.seal(
            round.record, for: .requestState, of: caller.envelope.principal, life: RoundState.life)
        if let state {
            draft.replace(state.extent, with: JSONWriter.quoted(token))
        } else {
            draft.insert(
                Array("\"requestState\":".utf8) + JSONWriter.quoted(token) + [UInt8(ascii: ",")],
                at: Int(result.extent.lower) + 1)
        }
    }

    func digest(_ params: Value) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return services.digest(RoundState.essence(params)).flatMap {
            [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
        }
    }

    /// What a repeated request goes on with, which brings answers and the state that was sealed here.
    enum Resumed {
        /// A call of its own to an upstream that has its state back.
        case call(Call)
        /// The call of this name, which waits here.
        case park(String)
    }

    /// What a request goes on with; nil when it brings no state.
    func resumed(_ message: Message, _ caller: Caller) async throws(Failure) -> Resumed? {
        guard let kind = Item.Kind(routedBy: message.method), let extent = message.params,
            let state = message.value(extent)["requestState"]
        else { return nil }
        let params = message.value(extent)
        let stale = Failure(
            .invalidParams, "Invalid or expired requestState.",
            data: Array(#"{"reason":"invalid_request_state"}"#.utf8))
        guard let token = state.string,
            let record = services.open(
                token, for: .requestState, of: caller.envelope.principal),
            let round = RoundState(record), round.method == message.method,
            round.digest == digest(params),
            let published = (kind.isNamed ? message.name : message.uri).map({ message.value($0) }),
            let name = published.text
        else { throw stale }
        let target = try await resolve(kind, name, for: message, caller)
        guard target == round.target else { throw stale }
        if let park = round.park { return .park(park) }
        var draft = Draft(message)
        if name != target.original { draft.replace(published.extent, with: target.token) }
        // An upstream that gave no state gets none.
        if let original = round.state {
            draft.replace(state.extent, with: original)
        } else {
            draft.remove(member: "requestState", of: extent)
        }
        var call = Call(draft: draft, method: message.method, target: target, caller: caller)
        call.isContinued = true
        return .call(call)
    }
}

extension Item.Kind {
    /// The kind of item that a request of this method is about; nil when it names none.
    init?(routedBy method: Method) {
        switch method {
        case .toolsCall: self = .tool
        case .promptsGet: self = .prompt
        case .resourcesRead: self = .resource
        default: return nil
        }
    }
}
