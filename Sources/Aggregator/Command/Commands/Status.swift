import Aggregator
import Machine
import Wire

/// `manifold status`.
struct Status: CommandRun {
    static let syntax = Syntax(
        "status", "Ask the running processes how their upstreams are.",
        options: [
            .init("names", nil, "show the published names too"),
            .init("pid", "NUMBER", "ask this process only"),
        ],
        example: "manifold status --names", config: nil)

    let arguments: Arguments

    func run(_ environment: Environment) throws -> Int32 {
        if let text = arguments["pid"], !Self.isProcess(text) {
            throw UsageError(
                "'--pid' must be the number of a process, as 'manifold status' shows it, not "
                    + "'\(text)'", Self.syntax)
        }
        let loop = try EventLoop.make()
        let folders = PrivateFolders.allSockets(environment)
        let client = StatusClient(loop: loop, folders: folders, names: arguments.has("names"))
        let ink = Ink(descriptor: 1, environment)
        let notices = Notices(environment)
        return loop.run {
            let replies = await client.all().filter { reply in
                arguments["pid"].map { $0 == reply.pid } ?? true
            }
            return report(replies, isBlind: folders.isEmpty, ink, notices)
        }
    }

    private static func isProcess(_ text: String) -> Bool {
        guard let number = Int32(text), number > 0 else { return false }
        // Processes are compared by what they are called, without a sign or leading zeros.
        return text == "\(number)"
    }

    private func report(
        _ replies: [(pid: String, reply: StatusClient.Reply)], isBlind: Bool, _ ink: Ink,
        _ notices: Notices
    ) -> Int32 {
        var found: [Value] = []
        var isSilent = false
        for (_, reply) in replies {
            switch reply {
            case .status(let value): found.append(value)
            case .stale: break
            case .silent(let message):
                isSilent = true
                notices.say("manifold: \(Terminal.plain(message))")
            }
        }
        if arguments.has("json") {
            StandardOutput.write(json(found))
        } else if found.isEmpty {
            if !isSilent { notices.say(isBlind ? Self.blindness : absence) }
        } else {
            let texts = found.map {
                StatusReport(status: $0).text(ink, width: Environment.terminalColumns(1))
            }
            StandardOutput.write(texts.joined(separator: "\n"))
        }
        return found.isEmpty || isSilent ? ExitCode.failure : ExitCode.success
    }

    private static let blindness = "Could not ask any process: \(PrivateFolders.noSockets)"

    private var absence: String {
        let which = arguments["pid"].map { "Process \($0) does not run" } ?? "Nothing runs"
        return "\(which): no 'manifold serve' of this user answers."
    }

    private func json(_ found: [Value]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for value in found { writer.value(value) }
        writer.endArray()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
