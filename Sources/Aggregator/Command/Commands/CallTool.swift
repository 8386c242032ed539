import Aggregator
import Machine
import Wire

/// `manifold call`.
struct CallTool: CommandRun {
    static let syntax = Syntax(
        "call", "Call a tool and print what it answers.",
        operands: "NAME [JSON | - | key=value …]", count: 1...200,
        options: [
            .init("timeout", "TIME", "how long the whole call may take (default: no bound)"),
            .init("roots", nil, "offer the current directory to servers that ask for roots"),
            .init("answer", "JSON", "accept forms that servers send with this content"),
        ],
        example: "manifold call clock__get_current_time timezone=Europe/Berlin")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let name = arguments.operands[0]
        let words = Array(arguments.operands.dropFirst())
        let given =
            words == ["-"]
            ? nil
            : try Self.usage { () throws(CallArguments.Fault) in
                try CallArguments(words)
            }
        let patience =
            arguments["timeout"] == nil
            ? nil : try arguments.duration("timeout", or: .zero)
        let plan = Visit.Plan(
            enough: { $0.target(.tool, named: Array(name.utf8))?.upstream },
            prepared: try prepared(),
            root: arguments.has("roots") ? Environment.currentDirectory : nil)
        return try Visit.run(arguments, environment, plan) { visit in
            let call = ToolCall(visit: visit, name: name, patience: patience)
            return await call.run(given)
        }
    }

    private func prepared() throws(UsageError) -> [UInt8]? {
        guard let text = arguments["answer"] else { return nil }
        return try Self.usage { () throws(CallArguments.Fault) in
            try CallArguments(json: Array(text.utf8), as: "'--answer'").json(for: nil)
        }
    }

    /// What is wrong with arguments of the command line is a wrong command line.
    private static func usage<Result>(
        _ body: () throws(CallArguments.Fault) -> Result
    ) throws(UsageError) -> Result {
        do throws(CallArguments.Fault) {
            return try body()
        } catch {
            throw UsageError(error.reason, syntax)
        }
    }
}

/// One call, from its words to its answer.
struct ToolCall: Sendable {
    let visit: Visit
    let name: String
    let patience: Duration?

    /// Makes the call; without arguments they are read from standard input.
    func run(_ given: CallArguments?) async -> Int32 {
        do {
            let given =
                if let given { given } else {
                    try CallArguments(json: await visit.console.readAll())
                }
            let json = try given.json(for: given.needsSchema ? await schema() : nil)
            return show(try await call(json))
        } catch let error as CallArguments.Fault {
            visit.console.notices.say("manifold: \(Terminal.plain(error.reason)).")
            return ExitCode.usage
        } catch let error as RemoteError {
            return visit.fail(error, like: name, among: .tool)
        } catch {
            return ExitCode.failure
        }
    }

    /// The tool's own description of its arguments, once it is known.
    private func schema() async -> Value? {
        let deadline = patience.map { visit.hub.services.time.now.advanced(by: $0) }
        return await visit.patiently(saying: { "Waiting for '\(Terminal.plain(name))'" }) {
            _ = await visit.hub.wait(until: deadline) { tool != nil || visit.isSettled }
            return tool?["inputSchema"]
        }
    }

    private var tool: Value? {
        let entry = visit.hub.catalog.entries.first { $0.kind == .tool && $0.published == name }
        return entry.map { Value($0.json, Extent(0..<$0.json.count)) }
    }

    private func call(_ json: [UInt8]) async throws(RemoteError) -> Value {
        let result: Result<Value, RemoteError> = await visit.patiently(
            saying: { "Calling '\(Terminal.plain(name))'" }
        ) {
            do throws(RemoteError) {
                return .success(
                    try await visit.client.request(.toolsCall, patience: patience) { params in
                        params.key("name")
                        params.string(name)
                        params.key("arguments")
                        params.raw(json)
                    })
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func show(_ result: Value) -> Int32 {
        if visit.arguments.has("json") {
            visit.console.write(result.copy() + [UInt8(ascii: "\n")])
        } else {
            var report = ContentReport()
            report.add(result: result)
            visit.console.write(report.text)
        }
        guard let blame = CallBlame(result) else { return ExitCode.success }
        visit.console.notices.say("manifold: \(Terminal.plain(blame.sentence)).")
        if let upstream = blame.upstream { visit.showLastWords(of: upstream) }
        return ExitCode.failure
    }
}
