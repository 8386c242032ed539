import Wire

extension RuleHost {
    /// Lets the rule judge what an upstream wants of its client, as it judges answers.
    ///
    /// What it cannot judge is asked as it is, or not at all.
    package func relay(_ request: ServerRequest) async throws(Failure) -> ServerRequest {
        let reason: String
        do throws(RuleFault) {
            guard let json = request.asResult else { return request }
            let document = Document(.result, Value(json, Extent(0..<json.count)))
            switch try await rule.judge(document, context(request)) {
            case .pass: return request
            case .replace(let new):
                guard new != json else { return request }
                try Replacement.check(new, instead: document.value, .result)
                let changed = try request.replacing(new)
                counters.changes.add(1)
                return changed
            case .answer: throw RuleFault("what a server asks is not for a rule to answer.")
            case .refuse(let words):
                counters.changes.add(1)
                reason = words
            }
        } catch {
            guard error.kind != .cancelled else {
                throw Failure(.cancelled, "The call was cancelled.", upstream: request.upstream)
            }
            failed(error, request.subject)
            if safety.mode(.response) == .open { return request }
            throw kept("could not judge \(request.subject): \(error.reason)", request)
        }
        throw kept("keeps back \(request.subject): \(reason)", request)
    }

    private func kept(_ what: String, _ request: ServerRequest) -> Failure {
        Failure(
            .refused, "Plugin \(title) \(what)", upstream: request.upstream, executed: .unknown,
            rule: name)
    }

    private func context(_ request: ServerRequest) -> RuleContext {
        var context = RuleContext(
            hook: .response, method: .toolsCall, upstream: request.upstream,
            principal: request.principal, clientName: request.caller?.envelope.clientName,
            deadline: time.now.advanced(by: safety.deadline))
        context.caller = request.caller
        return context
    }
}

extension ServerRequest {
    fileprivate var subject: String { "what upstream '\(upstream)' asks of the client" }
}
