import Wire

/// What the plugins of a process have done, as people read it; pure.
struct PluginReport: Sendable {
    /// What the process sent about each.
    let plugins: [Value]

    /// The table, with what there is to say below it; nothing without plugins.
    func text(_ ink: Ink, width: Int?) -> String {
        var table = Table("PLUGIN", "KIND", "SEEN", "CHANGED", "ERRORS", "P50", "P99")
        for plugin in plugins {
            table.add(
                .init(string(plugin, "name"), .strong), .init(string(plugin, "kind")),
                .init(number(plugin, "hits")), .init(number(plugin, "changes")),
                errors(plugin), .init(time(plugin, "p50Microseconds")),
                .init(time(plugin, "p99Microseconds")))
        }
        guard !table.isEmpty else { return "" }
        return "\n" + table.text(ink, width: width) + plugins.map { remarks($0, ink) }.joined()
    }

    private func remarks(_ plugin: Value, _ ink: Ink) -> String {
        (plugin["remarks"]?.elements.compactMap(\.string) ?? []).map { remark in
            ink("\(string(plugin, "name")):", .doubtful) + " \(Terminal.plain(remark))\n"
        }.joined()
    }

    private func errors(_ plugin: Value) -> Table.Cell {
        let count = plugin["errors"]?.integer ?? 0
        return Table.Cell("\(count)", count > 0 ? .bad : nil)
    }

    private func string(_ value: Value, _ member: String) -> String {
        value[member]?.string ?? ""
    }

    private func number(_ value: Value, _ member: String) -> String {
        value[member]?.integer.map(String.init) ?? ""
    }

    /// Microseconds with a unit that people read easily.
    private func time(_ value: Value, _ member: String) -> String {
        guard let microseconds = value[member]?.integer else { return "" }
        return microseconds < 10_000 ? "\(microseconds) µs" : "\(microseconds / 1000) ms"
    }
}
