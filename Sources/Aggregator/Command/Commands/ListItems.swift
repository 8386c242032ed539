import Aggregator
import Machine
import Wire

/// What `tools`, `prompts` and `resources` have in common: start everything, print the lists.
struct ListItems: Sendable {
    static let options: [Syntax.Option] = [
        .init("upstream", "NAME", "only what this upstream publishes; only it is started"),
        .init("timeout", "TIME", "how long to wait for upstreams to start (default 30s)"),
    ]

    private let arguments: Arguments
    private let kinds: [Item.Kind]

    /// Lists items of these kinds.
    init(_ arguments: Arguments, _ kinds: [Item.Kind]) {
        self.arguments = arguments
        self.kinds = kinds
    }

    /// Starts the upstreams, prints what they list, and returns the exit code.
    func run(_ environment: Environment) throws -> Int32 {
        let patience = try arguments.duration("timeout", or: .seconds(30))
        let plan = Visit.Plan(only: arguments["upstream"])
        return try Visit.run(arguments, environment, plan) { visit in
            _ = await visit.settle(within: patience)
            return report(visit)
        }
    }

    private func report(_ visit: Visit) -> Int32 {
        let entries = visit.hub.catalog.entries.filter { kinds.contains($0.kind) }
        let troubles = visit.troubles(of: kinds)
        if arguments.has("json") {
            visit.console.write(json(entries, troubles) + [UInt8(ascii: "\n")])
        } else {
            show(entries, visit)
            visit.show(troubles)
        }
        return troubles.isEmpty ? ExitCode.success : ExitCode.failure
    }

    private func show(_ entries: [Catalog.Entry], _ visit: Visit) {
        guard !entries.isEmpty else {
            let what = kinds.map(\.plural).joined(separator: " and ")
            return visit.console.notices.say("No \(what).")
        }
        var table = Table(kinds.first?.isNamed == true ? "NAME" : "URI", "UPSTREAM", "DESCRIPTION")
        for entry in entries {
            let item = Value(entry.json, Extent(0..<entry.json.count))
            let words =
                item["description"]?.string ?? item["title"]?.string
                ?? (entry.kind.isNamed ? nil : item["name"]?.string) ?? ""
            table.add(
                .init(entry.published, .strong), .init(entry.target.upstream),
                .init(Terminal.firstLine(words), .faint))
        }
        visit.console.write(table.text(visit.console.ink, width: visit.console.width))
    }

    private func json(_ entries: [Catalog.Entry], _ troubles: [Trouble]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for kind in kinds {
            writer.key(kind.member)
            writer.beginArray()
            for entry in entries where entry.kind == kind { write(entry, into: &writer) }
            writer.endArray()
        }
        writer.key("problems")
        writer.beginArray()
        for trouble in troubles { trouble.write(into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func write(_ entry: Catalog.Entry, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key(entry.kind.key)
        writer.string(entry.published)
        writer.key("upstream")
        writer.string(entry.target.upstream)
        writer.key("original")
        writer.string(String(decoding: entry.target.original, as: UTF8.self))
        writer.key("definition")
        writer.raw(entry.json)
        writer.endObject()
    }
}
