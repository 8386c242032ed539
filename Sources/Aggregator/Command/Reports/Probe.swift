import Aggregator
import Wire

/// What starting an upstream has shown; pure.
struct Probe: Sendable {
    let status: UpstreamStatus
    /// What it publishes, as clients see it.
    let entries: [Catalog.Entry]
    let patience: Duration
    /// The legs of the way to it, where its kind tells them.
    var way: [Leg] = []

    /// Whether it is connected and all its lists are known.
    var isGood: Bool { status.isReady && status.problems.isEmpty }

    /// Bytes of the tool definitions over four: a rule of thumb for English text and JSON.
    var tokens: Int { entries.filter { $0.kind == .tool }.reduce(0) { $0 + $1.json.count } / 4 }

    /// How many items of a kind it publishes.
    func count(_ kind: Item.Kind) -> Int { entries.count { $0.kind == kind } }

    // MARK: Why it failed

    /// Why it is not ready, in one sentence or more; nil when it is.
    var failure: String? {
        guard !status.isReady else { return nil }
        if let failure = status.lastFailure { return failure.account }
        if case .ready = status.phase {
            return "It answered 'initialize', but not all lists came within \(patience.words)."
        }
        let late = "It did not answer 'initialize' within \(patience.words)."
        return status.obstacle.map { "\(late) \($0)" } ?? late
    }

    /// What can be done about it.
    var advice: String? {
        guard !status.isReady else { return nil }
        // The leg that fails says it better.
        if way.contains(where: { $0.outcome == .failed }) { return nil }
        if status.lastNoise != nil {
            guard isProgram else {
                return "It says something that is no message of the protocol. Is it the kind of "
                    + "server that its entry says?"
            }
            return
                "It writes something that is no JSON-RPC to standard output, where only messages "
                + "may go; its logs belong on standard error."
        }
        switch status.lastFailure?.code {
        case nil where !isProgram:
            return "Is an MCP server there? If it is only slow, give it more time with '--timeout' "
                + "and 'timeouts: { start: … }'."
        case nil:
            return "Is it an MCP server that speaks over standard input and output? If it is only "
                + "slow, give it more time with '--timeout' and 'timeouts: { start: … }'."
        case .lost where isProgram:
            return "Run the command by hand to see why it ends."
        case .lost, .forgotten, .unavailable, .signedOut, .malformed, .timeout, .invalidRequest,
            .methodNotFound, .invalidParams, .resourceNotFound, .headerMismatch, .missingCapability,
            .unsupportedVersion, .cancelled, .refused, .stopping:
            return nil
        }
    }

    /// Every leg: those of its kind, then the handshake and the lists.
    var legs: [Leg] {
        guard !way.isEmpty else { return [] }
        let isStopped = way.contains { $0.outcome == .failed }
        return way + [greeting(isStopped), listing]
    }

    private func greeting(_ isStopped: Bool) -> Leg {
        if let profile = status.profile {
            return Leg(
                "initialize", .passed,
                "\(profile.label ?? "without a name"), protocol \(profile.revision.rawValue)")
        }
        if isStopped { return Leg("initialize", .open, "Nothing got as far.") }
        return Leg("initialize", .failed, failure ?? "no answer")
    }

    private var listing: Leg {
        for kind in Item.Kind.allCases {
            guard let problem = status.problems[kind] else { continue }
            return Leg("tools", .failed, "list of \(kind.plural): \(problem)")
        }
        guard status.isReady else { return Leg("tools", .open, "Nothing got as far.") }
        return Leg("tools", .passed, "\(count(.tool))")
    }

    /// Whether it is a program that is started here, and not a place that is reached.
    var isProgram: Bool { status.endpoint.hasPrefix("stdio ") }

    /// What is started or reached: its endpoint without the kind.
    var place: String {
        let place = status.endpoint.drop { $0 != " " }.dropFirst()
        return place.isEmpty ? status.endpoint : String(place)
    }

    // MARK: What clients will not like

    /// What it said that was no message.
    var remark: String? {
        status.lastNoise.map { noise in
            isProgram
                ? "it writes something else than messages to standard output: \(noise)"
                : "it says something that is no message of the protocol: \(noise)"
        }
    }

    /// What clients cannot use, or models cannot understand, of what it publishes.
    func warnings(_ names: ClientNames) -> [String] {
        let tools = entries.filter { $0.kind == .tool }
        var warnings = Item.Kind.allCases.compactMap { kind in
            status.problems[kind].map { "list of \(kind.plural): \($0)" }
        }
        if status.isReady, let remark { warnings.append(remark) }
        for client in ClientNames.Client.allCases {
            let faults = tools.compactMap { tool in
                names.verdict(on: tool.published, of: client).fault.map { (tool.published, $0) }
            }
            if let first = faults.first {
                warnings.append(
                    "\(client.rawValue): " + Self.list(faults.map(\.0)) + " (\(first.1))")
            }
        }
        let silent = tools.filter { ($0.member("description")?.string ?? "").isEmpty }
        if !silent.isEmpty {
            warnings.append("without a description: " + Self.list(silent.map(\.published)))
        }
        let odd = tools.filter { $0.member("inputSchema")?["type"]?.string != "object" }
        if !odd.isEmpty {
            warnings.append(
                "input schema is not of type 'object', some clients drop the whole server: "
                    + Self.list(odd.map(\.published)))
        }
        return warnings
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }
}

extension Catalog.Entry {
    /// A member of the item's JSON.
    func member(_ name: String) -> Value? { Value(json, Extent(0..<json.count))[name] }
}

extension Duration {
    /// The duration for people, such as `30 s`, `1.3 s` or `250 ms`.
    var words: String {
        let milliseconds = Int(self / .milliseconds(1))
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        let tenths = (milliseconds % 1000) / 100
        return tenths == 0 || milliseconds > 10_000
            ? "\(milliseconds / 1000) s" : "\(milliseconds / 1000).\(tenths) s"
    }
}
