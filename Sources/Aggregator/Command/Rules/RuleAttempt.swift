import Aggregator
import Synchronization
import Wire

/// One document before one host that nobody else uses, so that its counters tell what came of it.
struct RuleAttempt: Sendable {
    let host: RuleHost
    let log: Log
    let time: any Timekeeper
    /// What the log said last.
    let complaint: @Sendable () -> String

    private var hasFailed: Bool { host.counters.errors.value > 0 }
    private var hasActed: Bool { host.counters.changes.value > 0 }

    // MARK: Calls

    /// Shows it a request, or the answer that it has got.
    func judge(_ call: Call, _ answer: Message?, at hook: Scope.Hook) async -> RuleOutcome {
        let sent = Mutex<Message?>(nil)
        let chains = Chains([host], time: time, log: log) { call in
            sent.withLock { $0 = call.draft.message }
            return answer.map { .relayed(Draft($0)) } ?? .empty
        }
        let document =
            hook == .request ? call.draft.message.requestDocument : answer?.answerDocument
        let before = document.map(JSONWriter.compact) ?? Array("{}".utf8)
        guard let next = chains[call.method, call.target] else {
            return RuleOutcome(before: before, end: .unmatched)
        }
        let end: RuleOutcome.End
        do throws(Failure) {
            let answer = try await next(call)
            end =
                hook == .request
                ? request(sent.withLock { $0 }, answer) : response(answer)
        } catch {
            end = .failed(RuleTrial.reason(error.message), goesOn: false)
        }
        return RuleOutcome(before: before, end: end)
    }

    private func request(_ sent: Message?, _ answer: Answer) -> RuleOutcome.End {
        if hasFailed { return .failed(complaint(), goesOn: true) }
        guard hasActed else { return .unchanged }
        guard let sent else { return .refused(Self.words(answer)) }
        return .changed(sent.requestDocument.map(JSONWriter.compact) ?? [])
    }

    private func response(_ answer: Answer) -> RuleOutcome.End {
        if hasFailed { return .failed(complaint(), goesOn: true) }
        guard hasActed else { return .unchanged }
        guard case .relayed(let draft) = answer, let document = draft.message.answerDocument else {
            return .refused(Self.words(answer))
        }
        return .changed(JSONWriter.compact(document))
    }

    /// Why an answer that was made here is none of the upstream's.
    private static func words(_ answer: Answer) -> String {
        switch answer {
        case .result(let json, _):
            let text = json.value["content"]?.elements.first { _ in true }?["text"]?.string
            return RuleTrial.reason(text ?? "")
        case .error(let json, _): return RuleTrial.reason(json.value["message"]?.string ?? "")
        case .relayed: return ""
        }
    }

    // MARK: Notifications and items

    /// Shows it something that an upstream tells.
    func judge(_ message: Message, _ specimen: Specimen) async -> RuleOutcome {
        let before = message.params.map { JSONWriter.compact(message.value($0)) }
        guard let before, host.scope.hooks.contains(.notification),
            host.scope.covers(upstream: specimen.upstream)
        else { return RuleOutcome(before: before ?? Array("{}".utf8), end: .unmatched) }
        let chains = Chains([host], time: time, log: log) { _ in .empty }
        let caller = specimen.call(message).caller
        let heard = await chains.hear(
            Notice(message: message, upstream: specimen.upstream, caller: caller))
        let after = heard.flatMap { heard in heard.params.map { heard.value($0) } }
        return RuleOutcome(before: before, end: end(after.map(JSONWriter.compact)))
    }

    /// Shows it an item of a list.
    func judge(_ item: Item) async -> RuleOutcome {
        guard host.scope.hooks.contains(.catalog), host.scope.covers(item) else {
            return RuleOutcome(before: item.json, end: .unmatched)
        }
        let chains = Chains([host], time: time, log: log) { _ in .empty }
        await chains.prepare([item])
        var items = [item]
        chains.edit(&items)
        return RuleOutcome(before: item.json, end: end(items.first?.shown))
    }

    /// What came of something that goes on as this, or not at all.
    private func end(_ after: [UInt8]?) -> RuleOutcome.End {
        if hasFailed { return .failed(complaint(), goesOn: after != nil) }
        guard hasActed else { return .unchanged }
        return after.map(RuleOutcome.End.changed) ?? .dropped
    }
}

extension Item {
    /// The entry with the name that the rule has given it, which lists are made with.
    fileprivate var shown: [UInt8] {
        guard kind.isNamed, base != originalText, let name = json.value[kind.key] else {
            return json
        }
        var shown = json
        shown.replaceSubrange(name.extent.range, with: JSONWriter.quoted(base))
        return shown
    }
}
