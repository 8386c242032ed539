import Aggregator
import Wire

/// The result of `check --probe`, for people and for programs; pure.
struct ProbeReport: Sendable {
    let probes: [Probe]
    /// The plugins, and what records.
    var plugins: [PluginProbe] = []
    let names: ClientNames

    var isGood: Bool { probes.allSatisfy(\.isGood) && plugins.allSatisfy(\.isGood) }

    /// Remarks on all upstreams together.
    var warnings: [String] {
        let tools = probes.reduce(0) { $0 + $1.count(.tool) }
        return ClientNames.mostTools.filter { tools > $0.count }.map { client, most in
            "\(tools) tools in all; \(client.rawValue) uses \(most) at most. "
                + "Leave some out with 'hide'."
        }
    }

    // MARK: People

    /// The report for people.
    func text(_ ink: Ink) -> String {
        var text = (probes.map { section($0, ink) } + plugins.map { $0.text(ink) }).joined()
        guard !probes.isEmpty else { return text + "There are no upstreams to start.\n" }
        let tools = probes.reduce(0) { $0 + $1.count(.tool) }
        let tokens = probes.reduce(0) { $0 + $1.tokens }
        let good = probes.count(where: \.isGood)
        text +=
            "\(good) of \(probes.count) \(probes.count == 1 ? "upstream works" : "upstreams work"); "
            + "\(tools) \(tools == 1 ? "tool" : "tools"), about \(tokens) tokens "
            + "(estimated: bytes of their definitions / 4).\n"
        let broken = plugins.filter { !$0.isGood }.map { Terminal.plain($0.name) }
        if !broken.isEmpty { text += "Not working: \(broken.joined(separator: ", ")).\n" }
        for warning in warnings { text += ink("warning:", .doubtful) + " \(warning)\n" }
        return text
    }

    private func section(_ probe: Probe, _ ink: Ink) -> String {
        let status = probe.status
        let name = Terminal.plain(status.name)
        guard status.isReady else { return failed(probe, ink) }
        let mark = probe.isGood ? ink("ok", .good) : ink("incomplete", .doubtful)
        var lines = ["\(ink(name, .strong))  \(mark)"]
        if let profile = status.profile {
            let label = profile.label ?? "without a name"
            let title = profile.title.map { " (\($0))" } ?? ""
            lines.append(
                "server    \(Terminal.plain("\(label)\(title)")), "
                    + "protocol \(profile.revision.rawValue)")
        }
        lines += legs(probe, ink)
        lines.append("start     \(status.startTook?.words ?? "?")")
        lines.append("publishes \(inventory(probe))")
        for warning in probe.warnings(names) {
            lines.append("\(ink("warning", .doubtful))   \(Terminal.plain(warning))")
        }
        return lines.joined(separator: "\n  ") + "\n\n"
    }

    /// The way to an upstream, leg by leg; what to do about one that fails is below it.
    private func legs(_ probe: Probe, _ ink: Ink) -> [String] {
        probe.legs.flatMap { leg -> [String] in
            let mark =
                switch leg.outcome {
                case .passed: ink("ok", .good)
                case .failed: ink("FAILED", .bad)
                case .open: ink("-", .faint)
                }
            let gap = String(repeating: " ", count: max(1, 14 - leg.name.count))
            let line = "leg       \(leg.name)\(gap)\(mark)  \(Terminal.plain(leg.detail))"
            let remedy = (leg.remedy ?? "").split(separator: "\n")
            return [line] + remedy.map { "          \(Terminal.plain(String($0)))" }
        }
    }

    private func inventory(_ probe: Probe) -> String {
        let kinds = Item.Kind.allCases.filter { probe.count($0) > 0 }
        guard !kinds.isEmpty else { return "nothing" }
        let counts = kinds.map { kind in
            let count = probe.count(kind)
            return "\(count) \(count == 1 ? kind.rawValue : kind.plural)"
        }
        return counts.joined(separator: ", ") + "; about \(probe.tokens) tokens"
    }

    private func failed(_ probe: Probe, _ ink: Ink) -> String {
        var lines = ["\(ink(Terminal.plain(probe.status.name), .strong))  \(ink("failed", .bad))"]
        let label = probe.isProgram ? "command  " : "address  "
        lines.append("\(label) \(Terminal.plain(probe.place))")
        lines += legs(probe, ink)
        lines.append("reason    \(Terminal.plain(probe.failure ?? ""))")
        if let noise = probe.status.lastNoise { lines.append("noise     \(Terminal.plain(noise))") }
        let errors = probe.status.trail.suffix(5)
        for line in errors { lines.append("stderr    \(ink(Terminal.plain(line), .faint))") }
        if let advice = probe.advice { lines.append("advice    \(Terminal.plain(advice))") }
        return lines.joined(separator: "\n  ") + "\n\n"
    }

    // MARK: Programs

    /// Writes the members of the report for programs.
    func write(into writer: inout JSONWriter) {
        writer.key("upstreams")
        writer.beginArray()
        for probe in probes { write(probe, into: &writer) }
        writer.endArray()
        writer.key("plugins")
        writer.beginArray()
        for plugin in plugins { plugin.write(into: &writer) }
        writer.endArray()
        writer.key("warnings")
        writer.beginArray()
        for warning in warnings { writer.string(warning) }
        writer.endArray()
    }

    private func write(_ probe: Probe, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(probe.status.name)
        writer.key("ok")
        writer.bool(probe.isGood)
        writer.key("failure")
        if let failure = probe.failure { writer.string(failure) } else { writer.null() }
        if let advice = probe.advice {
            writer.key("advice")
            writer.string(advice)
        }
        write(probe.legs, into: &writer)
        writer.key("estimatedTokens")
        writer.integer(probe.tokens)
        writer.key("warnings")
        writer.beginArray()
        for warning in probe.warnings(names) { writer.string(warning) }
        writer.endArray()
        writer.key("status")
        probe.status.write(into: &writer, at: .now)
        writer.endObject()
    }

    private func write(_ legs: [Leg], into writer: inout JSONWriter) {
        guard !legs.isEmpty else { return }
        writer.key("legs")
        writer.beginArray()
        for leg in legs {
            writer.beginObject()
            for (key, text) in [
                ("name", leg.name), ("outcome", leg.outcome.rawValue), ("detail", leg.detail),
            ] {
                writer.key(key)
                writer.string(text)
            }
            if let remedy = leg.remedy {
                writer.key("remedy")
                writer.string(remedy)
            }
            writer.endObject()
        }
        writer.endArray()
    }
}
