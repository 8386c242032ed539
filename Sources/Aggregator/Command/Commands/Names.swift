import Aggregator
import Machine
import Wire

/// `manifold names`.
struct Names: CommandRun {
    static let syntax = Syntax(
        "names", "Show what published names stand for, and what clients make of them.",
        options: [
            .init("server", "NAME", "the name under which clients know us (default manifold)"),
            .init("probe", nil, "start the upstreams instead of using what is known"),
            .init("timeout", "TIME", "how long to wait for the upstreams (default 30s)"),
        ],
        example: "manifold names --server team-tools")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let patience = try arguments.duration("timeout", or: .seconds(30))
        let loaded = try LoadedConfiguration.load(
            flag: arguments["config"], environment, usesSecrets: false)
        let warm = try warmHub(loaded, environment)
        // One that was never seen tells its names only when it is started.
        if arguments.has("probe") || !warm.unknown.isEmpty {
            return try Visit.run(arguments, environment, .init(), of: loaded) { visit in
                _ = await visit.settle(within: patience)
                let troubles = visit.troubles(of: [.tool, .prompt])
                visit.console.write(
                    report(visit.hub, visit.console.ink, visit.console.notices))
                visit.show(troubles)
                return troubles.isEmpty ? ExitCode.success : ExitCode.failure
            }
        }
        let notices = Notices(environment)
        StandardOutput.write(
            report(warm, Ink(descriptor: 1, environment), notices))
        return ExitCode.success
    }

    /// What earlier runs left behind.
    private func warmHub(
        _ loaded: LoadedConfiguration, _ environment: Environment
    ) throws -> Hub {
        let assembly = Assembly(
            loop: try EventLoop.make(), environment: environment,
            log: try LogSink.make(arguments, standard: .warning))
        return assembly.hub(loaded, keepsCatalog: false)
    }

    private func report(_ hub: Hub, _ ink: Ink, _ notices: Notices) -> [UInt8] {
        let names = ClientNames(
            server: arguments["server"] ?? "manifold", title: hub.configuration.server.title)
        let entries = hub.catalog.entries
        if arguments.has("json") { return json(entries, names) + [UInt8(ascii: "\n")] }
        guard !entries.isEmpty else {
            let isBare = hub.configuration.upstreams.isEmpty
            notices.say(
                isBare
                    ? "There are no upstreams yet. Add one to the section 'upstreams'."
                    : "No names: no upstream publishes anything.")
            return []
        }
        let tools = entries.filter { $0.kind == .tool }
        var text = ""
        if !tools.isEmpty { text += table(tools, names, ink) + "\n" + remarks(tools, names, ink) }
        let others = entries.filter { $0.kind != .tool && $0.isRenamed }
        if !others.isEmpty { text += "\n" + table(others, ink) }
        return Array(text.utf8)
    }

    private func table(_ tools: [Catalog.Entry], _ names: ClientNames, _ ink: Ink) -> String {
        var table = Table("PUBLISHED", "STANDS FOR", "VS CODE", "CLAUDE CODE", "CURSOR")
        for tool in tools {
            let cells = ClientNames.Client.allCases.map { client in
                let verdict = names.verdict(on: tool.published, of: client)
                return Table.Cell(verdict.name, verdict.fault == nil ? nil : .bad)
            }
            table.add(
                .init(tool.published, .strong), .init(tool.origin), cells[0], cells[1], cells[2])
        }
        return table.text(ink)
    }

    private func table(_ entries: [Catalog.Entry], _ ink: Ink) -> String {
        var table = Table("PUBLISHED", "STANDS FOR", "KIND")
        for entry in entries {
            table.add(
                .init(entry.published, .strong), .init(entry.origin), .init(entry.kind.rawValue))
        }
        return table.text(ink)
    }

    /// One line for each name that a client cuts, refuses or drops, and for too many of them.
    private func remarks(_ tools: [Catalog.Entry], _ names: ClientNames, _ ink: Ink) -> String {
        var lines: [String] = []
        for client in ClientNames.Client.allCases {
            var seen: Set<String> = []
            for tool in tools {
                let verdict = names.verdict(on: tool.published, of: client)
                let isTaken = !seen.insert(verdict.name).inserted
                for fault in [verdict.fault, isTaken ? "the same name as another tool" : nil] {
                    if let fault { lines.append("\(client.rawValue): \(tool.published): \(fault)") }
                }
            }
        }
        for (client, most) in ClientNames.mostTools where tools.count > most {
            lines.append("\(client.rawValue): uses \(most) tools at most, these are \(tools.count)")
        }
        guard !lines.isEmpty else {
            return
                "Every client takes these names as they are (up to \(names.longest) characters).\n"
        }
        return lines.map { ink("warning:", .doubtful) + " \(Terminal.plain($0))\n" }.joined()
    }

    private func json(_ entries: [Catalog.Entry], _ names: ClientNames) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for entry in entries {
            writer.beginObject()
            entry.writeMembers(into: &writer)
            if entry.kind == .tool { names.write(entry.published, into: &writer) }
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes
    }
}

extension Catalog.Entry {
    fileprivate var original: String { String(decoding: target.original, as: UTF8.self) }

    /// `upstream/original`, as rules name it.
    fileprivate var origin: String { "\(target.upstream)/\(original)" }

    fileprivate var isRenamed: Bool { kind.isNamed || published != original }
}

extension ClientNames {
    /// Writes the member `clients`: each client's name for the tool, and what is wrong with it.
    fileprivate func write(_ name: String, into writer: inout JSONWriter) {
        writer.key("clients")
        writer.beginObject()
        for client in Client.allCases {
            let verdict = verdict(on: name, of: client)
            writer.key(client.rawValue)
            writer.beginObject()
            writer.key("name")
            writer.string(verdict.name)
            writer.key("fault")
            if let fault = verdict.fault { writer.string(fault) } else { writer.null() }
            writer.endObject()
        }
        writer.endObject()
    }
}
