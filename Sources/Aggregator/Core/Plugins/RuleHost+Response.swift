package import Wire

extension RuleHost {
    /// Lets the rule judge what came back.
    ///
    /// What it cannot judge goes on with a mark, or is kept back: the call has run by then.
    func response(_ answer: Answer, _ call: Call) async throws(Failure) -> Answer {
        do throws(RuleFault) {
            let (answer, document) = try answer.opened
            guard let document else { return answer }
            switch try await rule.judge(document, context(.response, call)) {
            case .pass: return answer
            case .replace(let json):
                guard json[...] != document.value.raw else { return answer }
                try Replacement.check(json, instead: document.value, document.part)
                let changed = try answer.replacing(document, with: json)
                counters.changes.add(1)
                return changed
            case .answer(let json):
                try Replacement.check(json, instead: nil, .result)
                counters.changes.add(1)
                return .result(json, executed: answer.executed)
            case .refuse(let reason):
                counters.changes.add(1)
                return Answer(
                    withheld(call, "keeps back the answer of \(call.subject): \(reason)"), to: call)
            }
        } catch {
            if let end = cancellation(error, call, executed: .yes) { throw end }
            failed(error, "the answer of \(call.subject)")
            if safety.mode(.response) == .open { return answer.marked(unjudgedBy: name) }
            throw withheld(
                call, "could not judge the answer of \(call.subject): \(error.reason)")
        }
    }

    private func withheld(_ call: Call, _ what: String) -> Failure {
        Failure(
            .refused, "Plugin \(title) \(what) The call has run.",
            upstream: call.target?.upstream, executed: .yes, rule: name)
    }

    /// Lets the rule judge what an upstream tells; what it cannot judge goes on, or is dropped.
    package func hear(_ notice: Notice) async -> Message? {
        guard let params = notice.message.params else { return notice.message }
        let document = Document(.parameters, notice.message.value(params))
        var context = RuleContext(
            hook: .notification, method: notice.message.method, upstream: notice.upstream,
            principal: notice.caller?.envelope.principal,
            clientName: notice.caller?.envelope.clientName,
            deadline: time.now.advanced(by: safety.deadline))
        context.caller = notice.caller
        do throws(RuleFault) {
            switch try await rule.judge(document, context) {
            case .pass: return notice.message
            case .replace(let json):
                guard json[...] != document.value.raw else { return notice.message }
                try Replacement.check(json, instead: document.value, .parameters)
                let changed = try Replacement.scan(
                    Draft(notice.message, replacing: params, with: json))
                counters.changes.add(1)
                return changed
            case .refuse:
                counters.changes.add(1)
                return nil
            case .answer: throw RuleFault("a notification has no answer.")
            }
        } catch {
            failed(error, "'\(notice.message.method.name)' of upstream '\(notice.upstream)'")
            return safety.mode(.notification) == .open ? notice.message : nil
        }
    }
}
