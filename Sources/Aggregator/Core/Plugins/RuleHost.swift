import Wire

/// Puts a rule into a chain: finds its document, keeps its deadline, carries its verdict out, and
/// decides what happens when it fails.
package struct RuleHost: Plugin {
    package let name: String
    package let scope: Scope
    package let counters: PluginCounters
    package let rule: any Rule
    let safety: Safety
    let time: any Timekeeper
    let log: Log

    /// A rule under a name, for what its scope covers; its counters go on from where they are.
    package init(
        _ name: String, _ rule: any Rule, scope: Scope, safety: Safety, time: any Timekeeper,
        log: Log, counters: PluginCounters = PluginCounters()
    ) {
        self.name = name
        self.rule = rule
        self.scope = scope
        self.safety = safety
        self.time = time
        self.log = log
        self.counters = counters
    }

    package var kind: String { rule.kind }
    package var remarks: [String] { rule.remarks }
    package func trial() async -> PluginTrouble? { await rule.trial() }
    package var prepares: Bool { rule.prepares && scope.hooks.contains(.catalog) }
    package func prepare(_ items: [Item]) async { await rule.prepare(items) }
    package var again: Signal? { prepares ? rule.again : nil }
    package var hidesUnreviewed: Bool { safety.mode(.catalog) == .closed }
    package func review(_ item: Item) throws(RuleFault) -> Item? { try rule.review(item) }
    package func run() async { await rule.run() }
    package var life: ObjectIdentifier { rule.life ?? ObjectIdentifier(counters) }

    package func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        var call = call
        if scope.hooks.contains(.request) {
            switch try await request(call) {
            case .send(let changed): call = changed
            case .answered(let answer): return answer
            }
        }
        let answer = try await next(call)
        return scope.hooks.contains(.response) ? try await response(answer, call) : answer
    }

    func context(_ hook: Scope.Hook, _ call: Call) -> RuleContext {
        var context = RuleContext(
            hook: hook, method: call.method, upstream: call.target?.upstream ?? "",
            principal: call.caller?.envelope.principal,
            clientName: call.caller?.envelope.clientName,
            deadline: time.now.advanced(by: safety.deadline))
        context.target = call.target
        context.caller = call.caller
        context.call = call.draft.message.id.map { Array(call.draft.message[$0]) }
        return context
    }

    /// How a call ends that nobody waits for any more; nil where the fault is the rule's.
    func cancellation(_ fault: RuleFault, _ call: Call, executed: Failure.Executed) -> Failure? {
        guard fault.kind == .cancelled else { return nil }
        return Failure(
            .cancelled, "The call was cancelled.", upstream: call.target?.upstream,
            executed: executed)
    }

    /// Notes that the rule failed; the log says so once per failure, without content.
    func failed(_ fault: RuleFault, _ subject: String) {
        guard fault.kind != .cancelled else { return }
        counters.errors.add(1)
        log(.warning, "Plugin \(title) failed on \(subject): \(fault.reason)")
    }
}

extension Call {
    /// What the call goes to, as rules name it.
    package var subject: String {
        guard let target else { return "'\(method.name)'" }
        return
            "'\(target.upstream)/\(String(decoding: target.original.prefix(200), as: UTF8.self))'"
    }
}
