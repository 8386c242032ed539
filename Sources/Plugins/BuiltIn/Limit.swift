package import Aggregator
import Synchronization

/// Bounds how often, and how many at a time, calls are made.
package final class Limit: Plugin {
    package let name: String
    package let kind = "limit"
    package let scope: Scope
    package let counters = PluginCounters()
    private let settings: LimitSettings
    private let time: any Timekeeper
    private let table: Mutex<LimitTable>

    /// A plugin that bounds calls as these settings say.
    package init(_ settings: LimitSettings, _ tools: PluginTools) {
        name = settings.common.name ?? kind
        scope = settings.common.scope([.request])
        self.settings = settings
        time = tools.time
        table = Mutex(LimitTable(settings))
    }

    package func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        let key = settings.each.map { $0.key(call) }
        let now = time.now
        switch table.withLock({ $0.enter(key, now, goesOn: call.isContinued) }) {
        case .entered(let place):
            var asks = false
            defer { table.withLock { $0.leave(place, asks: asks) } }
            let answer = try await next(call)
            asks = call.caller?.envelope.revision.isModern == true && answer.asks
            return answer
        case .tooOften(let wait): throw refusal(call, often, wait)
        case .tooMany: throw refusal(call, many, nil)
        }
    }

    private var often: String {
        Self.allowed(settings.calls ?? 0, "in \(settings.per.described)")
    }

    private var many: String { Self.allowed(settings.concurrent ?? 0, "at a time") }

    private static func allowed(_ calls: Int, _ when: String) -> String {
        "\(calls.counted("call")) \(when) \(calls == 1 ? "is" : "are") allowed"
    }

    private func refusal(_ call: Call, _ what: String, _ wait: Duration?) -> Failure {
        counters.changes.add(1)
        let group = settings.each.map(\.rawValue).joined(separator: " and ")
        let whom = group.isEmpty ? "" : " for each \(group)"
        let advice = wait.map { "Try again in \($0.described)." } ?? "Try again when one is done."
        return Failure(
            .refused,
            "Plugin \(title) did not send \(call.subject): \(what)\(whom). \(advice)",
            upstream: call.target?.upstream, rule: name, retryAfter: wait)
    }
}

extension LimitSettings.Group {
    /// What a call belongs to.
    fileprivate func key(_ call: Call) -> String {
        switch self {
        case .tool:
            call.target.map {
                "\($0.upstream)/\(String(decoding: $0.original, as: UTF8.self))"
            } ?? ""
        case .upstream: call.target?.upstream ?? ""
        case .principal: call.caller?.envelope.principal.name ?? ""
        case .client: call.caller?.envelope.clientName ?? ""
        }
    }
}
