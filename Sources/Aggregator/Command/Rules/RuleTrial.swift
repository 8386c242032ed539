import Aggregator
import Plugins
import Synchronization

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
        let attempt = RuleAttempt(host: host, log: log, time: time) {
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
    static func reason(_ line: String) -> String {
        var reason = line[...]
        if let subject = reason.firstRange(of: "': ") { reason = reason[subject.upperBound...] }
        let ends = [
            " It was not sent.", " The call has run.", " It is shown as it is.",
            " It is not shown.",
        ]
        for end in ends where reason.hasSuffix(end) {
            reason = reason.dropLast(end.count)
        }
        return String(reason)
    }
}
