import Aggregator
import Machine
import Wire

/// `manifold read`.
struct ReadResource: CommandRun {
    static let syntax = Syntax(
        "read", "Read a resource and print it.", operands: "URI", count: 1...1,
        options: [
            .init("timeout", "TIME", "how long it may take (default: no bound)"),
            .init("output", "FILE", "write the bytes of the resource to a file"),
        ],
        example: "manifold read memo://insights")

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        let uri = arguments.operands[0]
        let patience =
            arguments["timeout"] == nil
            ? nil : try arguments.duration("timeout", or: .zero)
        let plan = Visit.Plan(enough: { $0.target(uri: Array(uri.utf8))?.upstream })
        return try Visit.run(arguments, environment, plan) { visit in
            switch await read(uri, patience, visit) {
            case .success(let result): return show(result, visit)
            case .failure(let error): return visit.fail(error, like: uri, among: .resource)
            }
        }
    }

    private func read(
        _ uri: String, _ patience: Duration?, _ visit: Visit
    ) async -> Result<Value, RemoteError> {
        await visit.patiently(saying: { "Reading '\(Terminal.plain(uri))'" }) {
            do throws(RemoteError) {
                return .success(
                    try await visit.client.request(.resourcesRead, patience: patience) { params in
                        params.key("uri")
                        params.string(uri)
                    })
            } catch {
                return .failure(error)
            }
        }
    }

    private func show(_ result: Value, _ visit: Visit) -> Int32 {
        if arguments.has("json") {
            visit.console.write(result.copy() + [UInt8(ascii: "\n")])
            return ExitCode.success
        }
        let contents = result["contents"]?.elements.map(\.self) ?? []
        if let path = arguments["output"] { return save(contents, path, visit) }
        var report = ContentReport()
        for part in contents { report.add(contents: part, isNamed: contents.count > 1) }
        visit.console.write(report.text)
        return ExitCode.success
    }

    /// The text, or the decoded data, of all contents one after the other.
    private func save(_ contents: [Value], _ path: String, _ visit: Visit) -> Int32 {
        var bytes: [UInt8] = []
        for part in contents {
            bytes += part["text"]?.text ?? part["blob"]?.text.flatMap(Base64.decode) ?? []
        }
        do throws(MachineFailure) {
            try File.replace(path, with: bytes, mode: 0o644)
        } catch {
            visit.console.notices.say("manifold: \(error.message)")
            return ExitCode.failure
        }
        visit.console.notices.say("Wrote \(bytes.count.counted("byte")) to '\(path)'.")
        return ExitCode.success
    }
}
