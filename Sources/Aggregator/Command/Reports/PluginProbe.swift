import Aggregator
import Wire

/// Whether a plugin, or what records, can do its work; pure.
struct PluginProbe: Sendable {
    let name: String
    let kind: String
    /// Why it cannot; nil if it can.
    let trouble: PluginTrouble?
    /// What it has found: a tool that it keeps back, for one.
    var remarks: [String] = []

    var isGood: Bool { trouble == nil }

    /// What people are told of one that cannot, or has found something; nothing of others.
    func text(_ ink: Ink) -> String {
        guard let trouble else {
            let subject = ink(Terminal.plain(name), .strong)
            let lines = remarks.map { "\n  " + Terminal.plain($0) }
            return lines.isEmpty ? "" : subject + lines.joined() + "\n\n"
        }
        let kind = name == kind ? "" : " (\(kind))"
        var lines = ["\(ink(Terminal.plain(name), .strong))\(kind)  \(ink("failed", .bad))"]
        lines.append("reason    \(Terminal.plain(trouble.reason))")
        for line in trouble.trail {
            lines.append("stderr    \(ink(Terminal.plain(line), .faint))")
        }
        return lines.joined(separator: "\n  ") + "\n\n"
    }

    /// The same as an object, for programs.
    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        writer.key("kind")
        writer.string(kind)
        writer.key("ok")
        writer.bool(isGood)
        writer.key("failure")
        if let trouble { writer.string(trouble.reason) } else { writer.null() }
        writer.key("remarks")
        writer.beginArray()
        for remark in remarks { writer.string(remark) }
        writer.endArray()
        if let trail = trouble?.trail, !trail.isEmpty {
            writer.key("standardError")
            writer.beginArray()
            for line in trail { writer.string(line) }
            writer.endArray()
        }
        writer.endObject()
    }
}
