import Aggregator
import Wire

/// What a rule made of many messages, as people and programs read it; pure.
struct TrialReport: Sendable {
    /// One message, and what came of it at each hook where it was met.
    struct Entry: Sendable {
        let subject: String
        let place: String
        let outcomes: [(hook: Scope.Hook, outcome: RuleOutcome)]
    }

    /// Where the rule looks.
    let hooks: [Scope.Hook]
    private(set) var entries: [Entry] = []
    private(set) var tally = Tally()

    /// A report of a rule at these hooks.
    init(hooks: [Scope.Hook]) { self.hooks = hooks }

    /// How many messages ended how; each is counted by the worst that happened to it.
    struct Tally: Sendable, Equatable {
        var all = 0
        var changed = 0
        var refused = 0
        var dropped = 0
        var failed = 0
        var unchanged = 0
        /// Those of the unchanged that the rule is not about.
        var unmatched = 0
    }

    /// Adds a message; what stays as it was is counted only.
    mutating func add(_ entry: Entry) {
        tally.all += 1
        let ends = entry.outcomes.map(\.outcome.end)
        if ends.contains(where: { if case .failed = $0 { true } else { false } }) {
            tally.failed += 1
        } else if ends.contains(where: { if case .refused = $0 { true } else { false } }) {
            tally.refused += 1
        } else if ends.contains(.dropped) {
            tally.dropped += 1
        } else if ends.contains(where: { if case .changed = $0 { true } else { false } }) {
            tally.changed += 1
        } else {
            tally.unchanged += 1
            if ends.allSatisfy({ $0 == .unmatched }) { tally.unmatched += 1 }
            return
        }
        entries.append(entry)
    }

    // MARK: For people

    /// Each message of which something came, and the figures below.
    func text(_ ink: Ink) -> String {
        entries.map { text($0, ink) }.joined() + summary(ink) + "\n"
    }

    private func text(_ entry: Entry, _ ink: Ink) -> String {
        entry.outcomes.map { hook, outcome in
            let place = entry.place.isEmpty ? "" : ", \(entry.place)"
            let head =
                ink(Terminal.plain(entry.subject), .strong) + " (\(hook.rawValue)\(place))"
            return switch outcome.end {
            case .unmatched, .unchanged: ""
            case .changed(let json):
                "\(head):\n"
                    + ValueDiff.text(
                        ValueDiff.lines(before: outcome.before.value, after: json.value), ink)
                    + "\n"
            case .refused(let reason):
                "\(head): \(ink("refused", .bad)): \(Terminal.plain(reason))\n\n"
            case .dropped: "\(head): \(ink("dropped", .doubtful))\n\n"
            case .failed(let reason, let goesOn):
                "\(head): \(ink("failed", .bad)): \(Terminal.plain(reason))"
                    + (goesOn ? " It goes on unjudged.\n\n" : " It does not go on.\n\n")
            }
        }.joined()
    }

    /// The figures in one line, such as `200 calls, 7 changed, 1 refused, 192 unchanged`.
    func summary(_ ink: Ink) -> String {
        var words = ["\(tally.all) \(noun)"]
        for (count, word, tint) in [
            (tally.changed, "changed", Ink.Tint.good),
            (tally.refused, "refused", .bad), (tally.dropped, "dropped", .doubtful),
            (tally.failed, "failed", .bad),
        ] where count > 0 {
            words.append(ink("\(count) \(word)", tint))
        }
        words.append("\(tally.unchanged) unchanged")
        let places = hooks.map(\.rawValue).joined(separator: ", ")
        let others =
            tally.unmatched > 0 ? " The rule is not about \(tally.unmatched) of them." : ""
        return words.joined(separator: ", ") + " (on: \(places)).\(others)"
    }

    private var noun: String {
        let isOne = tally.all == 1
        switch Set(hooks) {
        case [.notification]: return isOne ? "notification" : "notifications"
        case [.catalog]: return isOne ? "item" : "items"
        case let all where all.isSubset(of: [.request, .response]): return isOne ? "call" : "calls"
        default: return isOne ? "message" : "messages"
        }
    }

    // MARK: For programs

    /// The same as one object.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("on")
        writer.beginArray()
        for hook in hooks { writer.string(hook.rawValue) }
        writer.endArray()
        for (key, count) in [
            ("all", tally.all), ("changed", tally.changed), ("refused", tally.refused),
            ("dropped", tally.dropped), ("failed", tally.failed), ("unchanged", tally.unchanged),
            ("unmatched", tally.unmatched),
        ] {
            writer.key(key)
            writer.integer(count)
        }
        writer.key("messages")
        writer.beginArray()
        for entry in entries {
            for (hook, outcome) in entry.outcomes where outcome.isNews {
                writer.beginObject()
                writer.member("subject", entry.subject)
                writer.member("place", entry.place)
                writer.member("on", hook.rawValue)
                outcome.writeMembers(into: &writer)
                writer.endObject()
            }
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

extension RuleOutcome {
    /// Whether anything came of it.
    fileprivate var isNews: Bool { end != .unmatched && end != .unchanged }

    /// Writes what came of it: `before`, and `after` or why there is none.
    func writeMembers(into writer: inout JSONWriter) {
        writer.key("before")
        writer.raw(before)
        switch end {
        case .unmatched, .unchanged:
            writer.key("after")
            writer.raw(before)
        case .changed(let json):
            writer.key("after")
            writer.raw(json)
        case .refused(let reason), .failed(let reason, goesOn: false):
            writer.member("refused", reason)
        case .dropped:
            writer.key("dropped")
            writer.bool(true)
        case .failed(let reason, goesOn: true): writer.member("failed", reason)
        }
    }
}
