import Aggregator
import Plugins
import Wire

/// What came of the examples of rules, as people and programs read it; pure.
struct ExampleReport: Sendable {
    let runs: [ExampleRun]
    /// Whether a rule without examples is a fault.
    var isStrict = false

    /// How many examples were run, and how many did not end as they should.
    var examples: Int { runs.reduce(0) { $0 + $1.rule.examples.count } }
    var differences: Int { runs.reduce(0) { $0 + $1.differences.count } }
    /// The rules that have none.
    var bare: [TestedRule] { runs.map(\.rule).filter(\.examples.isEmpty) }

    /// Whether everything is as it should be.
    var isGood: Bool { differences == 0 && !(isStrict && !bare.isEmpty) }

    // MARK: For people

    /// A line for each rule, what differs below it, and the figures at the end.
    func text(_ ink: Ink) -> String {
        let width = runs.map { $0.rule.name.count }.max() ?? 0
        return runs.map { text($0, width, ink) }.joined() + summary(ink)
    }

    private func text(_ run: ExampleRun, _ width: Int, _ ink: Ink) -> String {
        let count = run.rule.examples.count
        let name = Terminal.plain(run.rule.name)
        let gap = String(repeating: " ", count: max(0, width - name.count) + 2)
        guard count > 0 else {
            return ink("–", .doubtful) + " \(name)\(gap)\(ink("no examples", .doubtful))\n"
        }
        guard !run.differences.isEmpty else {
            return ink("✓", .good) + " \(name)\(gap)\(count.counted("example"))\n"
        }
        let few = run.differences.count
        return ink("✗", .bad) + " \(name)\(gap)"
            + ink("\(few) of \(count.counted("example")) differ\(few == 1 ? "s" : "")", .bad)
            + "\n" + run.differences.map { text($0, ink) }.joined()
    }

    private func text(_ difference: ExampleRun.Difference, _ ink: Ink) -> String {
        let title = difference.title.map { ", \($0)" } ?? ""
        let subject = difference.subject.isEmpty ? "" : " (\(difference.subject))"
        let head =
            "  " + ink(Terminal.plain("example \(difference.number)\(title)\(subject)"), .strong)
        guard let outcome = difference.outcome else {
            return "\(head): \(Terminal.plain(difference.fault ?? ""))\n"
        }
        let example = difference.example
        if case .after(let json) = example.end, let found = outcome.after {
            let lines = ValueDiff.lines(before: json.value, after: found.value)
            let remark =
                outcome.failure.map { " \(ink("failed", .bad)): \(Terminal.plain($0))" } ?? ""
            return "\(head):\(remark)\n" + Self.indented(ValueDiff.text(lines, ink))
        }
        let lines = [
            ink(Terminal.plain("-\(example.end?.words ?? "")"), .bad),
            ink(Terminal.plain("+\(outcome.words)"), .good),
        ]
        return "\(head):\n" + lines.map { "    \($0)\n" }.joined()
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "    \($0)\n" }.joined()
    }

    private func summary(_ ink: Ink) -> String {
        var text = "\n\(runs.count.counted("rule")), \(examples.counted("example")), "
        text +=
            differences == 0
            ? ink("all as they should be", .good) : ink("\(differences) not as expected", .bad)
        guard !bare.isEmpty else { return text + ".\n" }
        let names = bare.map { Terminal.plain($0.name) }.joined(separator: ", ")
        guard isStrict else {
            return text + ".\n" + ink("warning:", .doubtful) + " without examples: \(names)\n"
        }
        let few = bare.count == 1 ? "1 rule has none" : "\(bare.count) rules have none"
        return text + ink("; \(few) (--strict): \(names)", .bad) + ".\n"
    }

    // MARK: For programs

    /// The same as one object.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, count) in [("examples", examples), ("differences", differences)] {
            writer.key(key)
            writer.integer(count)
        }
        writer.key("withoutExamples")
        writer.beginArray()
        for rule in bare { writer.string(rule.name) }
        writer.endArray()
        writer.key("rules")
        writer.beginArray()
        for run in runs { Self.write(run, into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ run: ExampleRun, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", run.rule.name)
        if let file = run.rule.file { writer.member("examplesFile", file) }
        writer.key("examples")
        writer.integer(run.rule.examples.count)
        writer.key("differences")
        writer.beginArray()
        for difference in run.differences {
            writer.beginObject()
            writer.key("example")
            writer.integer(difference.number)
            if let title = difference.title { writer.member("title", title) }
            if !difference.subject.isEmpty { writer.member("subject", difference.subject) }
            writer.key("expected")
            writer.beginObject()
            difference.example.end?.writeMember(into: &writer)
            writer.endObject()
            writer.key("found")
            writer.beginObject()
            difference.outcome?.writeMembers(into: &writer)
            writer.endObject()
            if let fault = difference.fault { writer.member("fault", fault) }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}

extension JQExample.End {
    /// What is expected, in a line.
    fileprivate var words: String {
        switch self {
        case .after(let json): "becomes \(String(decoding: json, as: UTF8.self))"
        case .refused(let reason): reason.isEmpty ? "refused" : "refused: \(reason)"
        case .failed(let reason): reason.isEmpty ? "failed" : "failed: \(reason)"
        case .dropped: "dropped"
        }
    }

    /// Writes it as examples have it.
    func writeMember(into writer: inout JSONWriter) {
        switch self {
        case .after(let json):
            writer.key("after")
            writer.raw(json)
        case .refused(let reason): writer.member("refused", reason)
        case .failed(let reason): writer.member("failed", reason)
        case .dropped:
            writer.key("dropped")
            writer.bool(true)
        }
    }
}

extension RuleOutcome {
    /// Why it goes on unjudged; nil when it was judged.
    fileprivate var failure: String? {
        if case .failed(let reason, goesOn: true) = end { reason } else { nil }
    }

    /// What came of it, in a line.
    fileprivate var words: String {
        switch end {
        case .unmatched: "unchanged: the rule is not about it"
        case .unchanged: "unchanged"
        case .changed(let json): "becomes \(String(decoding: json, as: UTF8.self))"
        case .refused(let reason): "refused: \(reason)"
        case .dropped: "dropped"
        case .failed(let reason, let goesOn):
            goesOn ? "failed: \(reason)" : "failed and does not go on: \(reason)"
        }
    }
}
