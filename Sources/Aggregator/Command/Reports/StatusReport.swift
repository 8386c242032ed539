import Aggregator
import Wire

/// The status of one process as people read it; pure.
struct StatusReport: Sendable {
    /// What the process sent.
    let status: Value

    /// How many of its last lines are shown of an upstream that has been lost.
    private static let mostWords = 5

    /// The report; `width` is that of the terminal, nil where nothing must be cut.
    func text(_ ink: Ink, width: Int?) -> String {
        var text = head(ink)
        var table = Table(
            "UPSTREAM", "STATE", "SERVER", "TOOLS", "CALLS", "FAILED", "RESTARTS", "NEXT TRY",
            "LAST ERROR")
        for upstream in elements("upstreams") {
            let starts = upstream["starts"]?.integer ?? 0
            table.add(
                .init(string(upstream, "name"), .strong), Self.state(string(upstream, "state")),
                .init(string(upstream, "server")), .init(number(upstream, "tools")),
                .init(number(upstream, "calls")), .init(number(upstream, "failures")),
                .init("\(max(0, starts - 1))"),
                .init(upstream["nextTrySeconds"]?.integer.map { "in \($0) s" } ?? ""),
                .init(remark(on: upstream)))
        }
        text += table.isEmpty ? "No upstreams.\n" : table.text(ink, width: width)
        text += problems(ink)
        text += lastWords(ink)
        text += PluginReport(plugins: elements("plugins")).text(ink, width: width)
        return text + names(ink)
    }

    /// What is or was wrong with an upstream.
    private func remark(on upstream: Value) -> String {
        if let error = upstream["error"]?.string { return error }
        var words: [String] = []
        if let seconds = upstream["startingSeconds"]?.integer, seconds > 0 {
            words.append("no answer to 'initialize' for \(seconds) s")
        }
        if let count = upstream["skippedLines"]?.integer, count > 0 {
            words.append("\(count.counted("line")) skipped: \(string(upstream, "lastSkippedLine"))")
        }
        if let error = upstream["lastError"]?.string { words.append("before: \(error)") }
        return words.joined(separator: "; ")
    }

    private func head(_ ink: Ink) -> String {
        let pid = status["pid"]?.integer.map(String.init) ?? "?"
        let uptime = Duration.seconds(status["uptimeSeconds"]?.integer ?? 0).longWords
        var text =
            ink("Process \(pid)", .strong)
            + ": \(Terminal.plain(string(status, "name"))) \(string(status, "version")), "
            + "running for \(uptime)\n"
        text += "Configuration: \(Terminal.plain(string(status, "configuration")))\n"
        if let error = status["configurationError"]?.string {
            text += ink("Not in force:", .bad) + " the file has errors; the last good one stays.\n"
            text += error.split(separator: "\n").map { "  \(Terminal.plain(String($0)))\n" }
                .joined()
        }
        let clients = elements("clients").map { client in
            let name = string(client, "name")
            return Terminal.plain(name.isEmpty ? "a client without a name" : name)
                + " (protocol \(string(client, "protocolVersion")), "
                + "\((client["inFlight"]?.integer ?? 0).counted("call")) under way)"
        }
        text += "Clients: \(clients.isEmpty ? "none" : clients.joined(separator: ", "))\n"
        return text + recording(ink) + "\n"
    }

    /// Where what is said is written down, and what is missing there.
    private func recording(_ ink: Ink) -> String {
        guard let recording = status["recording"] else { return "" }
        var text = "Recording: \(Terminal.plain(string(recording, "file")))"
        text += ", \((recording["messages"]?.integer ?? 0).counted("message"))"
        for (member, words) in [("dropped", "dropped"), ("omitted", "left out")] {
            guard let count = recording[member]?.integer, count > 0 else { continue }
            text += ", " + ink("\(count) \(words)", .doubtful)
        }
        if let problem = recording["error"]?.string {
            text += "; " + ink(Terminal.plain(problem), .bad)
        }
        return text + "\n"
    }

    private func problems(_ ink: Ink) -> String {
        elements("upstreams").map { upstream in
            (upstream["problems"]?.elements.compactMap(\.string) ?? []).map { problem in
                ink("\(string(upstream, "name")):", .doubtful) + " \(Terminal.plain(problem))\n"
            }.joined()
        }.joined()
    }

    /// What upstreams that have been lost wrote last for people.
    private func lastWords(_ ink: Ink) -> String {
        elements("upstreams").filter { $0["lastError"] != nil }.map { upstream in
            let lines = upstream["standardError"]?.elements.compactMap(\.string) ?? []
            return lines.suffix(Self.mostWords).map { line in
                ink("\(string(upstream, "name")) stderr:", .doubtful) + " \(Terminal.plain(line))\n"
            }.joined()
        }.joined()
    }

    private func names(_ ink: Ink) -> String {
        var table = Table("PUBLISHED", "STANDS FOR", "KIND")
        for entry in elements("names") {
            table.add(
                .init(string(entry, "published"), .strong),
                .init("\(string(entry, "upstream"))/\(string(entry, "original"))"),
                .init(string(entry, "kind")))
        }
        return table.isEmpty ? "" : "\n" + table.text(ink)
    }

    private static func state(_ word: String) -> Table.Cell {
        let tint: Ink.Tint? =
            switch word {
            case "ready": .good
            case "failed": .bad
            case "starting", "backing off": .doubtful
            default: .faint
            }
        return Table.Cell(word, tint)
    }

    private func elements(_ member: String) -> [Value] {
        status[member]?.elements.map(\.self) ?? []
    }

    private func string(_ value: Value, _ member: String) -> String {
        value[member]?.string ?? ""
    }

    private func number(_ value: Value, _ member: String) -> String {
        value[member]?.integer.map(String.init) ?? ""
    }
}

extension Duration {
    /// A long duration in words, such as `3 d 4 h`, `12 min` or `40 s`.
    var longWords: String {
        let seconds = components.seconds
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
        if days > 0 { return "\(days) d \(hours % 24) h" }
        if hours > 0 { return "\(hours) h \(minutes % 60) min" }
        return minutes > 0 ? "\(minutes) min" : "\(seconds) s"
    }
}
