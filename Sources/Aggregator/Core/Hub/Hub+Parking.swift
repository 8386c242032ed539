import Wire

/// Calls between clients of 2026-07-28 and upstreams that ask with requests of their own: parked
/// while the client is asked (MCP 2026-07-28, "Input required").
extension Hub {
    /// Makes a call in which the client can be asked something.
    ///
    /// It runs by itself, because it goes on when the request that it came with has been answered.
    func ask(
        _ message: Message, _ visitor: Visitor, _ caller: Caller, over channel: any Channel
    ) async throws(Failure) -> Answer {
        let call = try await located(message, caller)
        guard let target = call.target else { return try await pass(call) }
        // A modern upstream asks with its answers, and needs nothing of this.
        if let link = try? link(to: target, for: caller), link.speaksModern {
            return try await pass(call)
        }
        let park = Park(
            parks, target, attendedBy: caller, id: Self.id(of: message),
            pipe: channel.isShared ? caller.outlet.client : nil,
            services.time)
        let upstream = Caller(
            outlet: park, envelope: caller.envelope, links: caller.links,
            progressToken: caller.progressToken)
        let passed = Call(
            draft: call.draft, method: call.method, target: target, caller: upstream)
        visitor.began()
        nursery.start {
            await park.run(upstream) { () async throws(Failure) -> Answer in
                try await self.pass(passed)
            }
            visitor.finished()
        }
        return try await turn(park, message, caller)
    }

    /// Goes on with a call to which a later request brings answers.
    func resume(
        _ name: String, _ message: Message, _ caller: Caller
    ) async throws(Failure) -> Answer {
        let responses = message.params.flatMap { message.value($0)["inputResponses"] }
        guard let park = parks.find(name),
            try park.take(responses, from: caller, id: Self.id(of: message))
        else {
            throw Self.expired
        }
        if let level = caller.envelope.logLevel, let link = try? link(to: park.target, for: caller)
        {
            await link.raise(to: level)
        }
        return try await turn(park, message, caller)
    }

    private static func id(of message: Message) -> [UInt8] {
        message.id.map { Array(message[$0]) } ?? []
    }

    /// Nothing is ever called a second time instead: the first call may have done its work.
    private static var expired: Failure {
        Failure(
            .invalidParams,
            "The call that this requestState belongs to is over. Whether it was carried out is not "
                + "known.", data: Array(#"{"reason":"expired_request_state"}"#.utf8))
    }

    private func turn(
        _ park: Park, _ message: Message, _ caller: Caller
    ) async throws(Failure) -> Answer {
        switch await park.turn(of: caller) {
        case .over(let outcome): return try outcome.get()
        case .asked(let questions): return .result(inputRequired(questions, park, message, caller))
        case .replaced: throw Failure(.stopping, "A later request goes on with this call.")
        case .expired: throw Self.expired
        case .cancelled: throw Failure(.cancelled, "The call was cancelled.")
        }
    }

    private func inputRequired(
        _ questions: [(key: String, request: [UInt8])], _ park: Park, _ message: Message,
        _ caller: Caller
    ) -> [UInt8] {
        let params = message.params.map { message.value($0) }
        let round = RoundState(
            target: park.target, method: message.method, state: nil,
            digest: params.map(digest) ?? [], park: parks.name(of: park))
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("resultType")
        writer.string("input_required")
        writer.key("inputRequests")
        writer.beginObject()
        for (key, request) in questions {
            writer.key(key)
            writer.raw(request)
        }
        writer.endObject()
        writer.key("requestState")
        writer.string(
            services.seal(
                round.record, for: .requestState, of: caller.envelope.principal,
                life: RoundState.life))
        writer.endObject()
        return writer.bytes
    }
}
