import Aggregator
import Plugins
import Synchronization
import Wire

/// Shows documents to one rule in a chain of its own, as they would be shown live.
struct RuleTrial: Sendable {
    private let bench: JQBench
    /// Which of the bench's rules it is.
    private let rule: Int
    private let time: any Timekeeper

    /// One rule of a bench.
    init(_ bench: JQBench, rule: Int, time: any Timekeeper) {
        self.bench = bench
        self.rule = rule
        self.time = time
    }

    /// What becomes of a specimen at one hook.
    func judge(_ specimen: Specimen, at hook: Scope.Hook) async -> RuleOutcome {
        let heard = Mutex<[String]>([])
        let log = Log(threshold: .warning) { _, line in heard.withLock { $0.append(line) } }
        let host = bench.host(rule, at: [hook], log)
        let attempt = Attempt(host: host, log: log, time: time) {
            heard.withLock { $0.last.map(Self.reason) } ?? ""
        }
        switch specimen.body {
        case .call(let request, let answer):
            return await attempt.judge(specimen.call(request), answer, at: hook)
        case .notice(let message): return await attempt.judge(message, specimen)
        case .item(let item): return await attempt.judge(item)
        }
    }

    /// What a message of the host says behind the name of its subject, without what became of it.
    fileprivate static func reason(_ line: String) -> String {
        var reason = line[...]
        if let subject = reason.firstRange(of: "': ") { reason = reason[subject.upperBound...] }
        for end in [" It was not sent.", " The call has run.", " It is shown as it is."]
        where reason.hasSuffix(end) {
            reason = reason.dropLast(end.count)
        }
        return String(reason)
    }
}

/// One document before one host that nobody else uses, so that its counters tell what came of it.
private struct Attempt: Sendable {
    let host: RuleHost
    let log: Log
    let time: any Timekeeper
    /// What the log said last.
    let complaint: @Sendable () -> String

    private var hasFailed: Bool { host.counters.errors.value > 0 }
    private var hasActed: Bool { host.counters.changes.value > 0 }

    // MARK: Calls

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
        case .result(let json):
            let text = json.value["content"]?.elements.first { _ in true }?["text"]?.string
            return RuleTrial.reason(text ?? "")
        case .error(let json): return RuleTrial.reason(json.value["message"]?.string ?? "")
        case .relayed: return ""
        }
    }

    // MARK: Notifications and items

    func judge(_ message: Message, _ specimen: Specimen) async -> RuleOutcome {
        let before = message.params.map { JSONWriter.compact(message.value($0)) }
        guard let before, host.scope.hooks.contains(.notification),
            host.scope.covers(upstream: specimen.upstream)
        else { return RuleOutcome(before: before ?? Array("{}".utf8), end: .unmatched) }
        let chains = Chains([host], time: time, log: log) { _ in .empty }
        let caller = specimen.call(message).caller
        let heard = await chains.hear(
            Notice(message: message, upstream: specimen.upstream, caller: caller))
        let end: RuleOutcome.End =
            if hasFailed { .failed(complaint(), goesOn: heard != nil) } else if !hasActed {
                .unchanged
            } else if let heard, let params = heard.params {
                .changed(JSONWriter.compact(heard.value(params)))
            } else { .dropped }
        return RuleOutcome(before: before, end: end)
    }

    func judge(_ item: Item) async -> RuleOutcome {
        guard host.scope.hooks.contains(.catalog), host.scope.covers(item) else {
            return RuleOutcome(before: item.json, end: .unmatched)
        }
        let chains = Chains([host], time: time, log: log) { _ in .empty }
        await chains.prepare([item])
        var items = [item]
        chains.edit(&items)
        let end: RuleOutcome.End =
            if hasFailed {
                .failed(complaint(), goesOn: !items.isEmpty)
            } else if let edited =
                items.first
            {
                hasActed ? .changed(edited.shown) : .unchanged
            } else { .dropped }
        return RuleOutcome(before: item.json, end: end)
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
