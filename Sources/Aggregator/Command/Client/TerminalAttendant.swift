import Aggregator
import Machine
import Synchronization
import Wire

/// The person in front of the command as servers meet them: forms, links, progress, logs.
struct TerminalAttendant: Attendant {
    let console: Console
    /// The folder that is offered as a root; nil when none is.
    let root: String?
    /// What forms are answered with instead of asking; the JSON of an object.
    let prepared: [UInt8]?
    /// The least severe log line of a server that is shown.
    let level: LogLevel
    /// One question at a time.
    private let turn = Turnstile()

    /// An attendant with nothing to do yet.
    init(_ console: Console, root: String?, prepared: [UInt8]?, level: LogLevel) {
        self.console = console
        self.root = root
        self.prepared = prepared
        self.level = level
    }

    var capabilities: [UInt8] {
        let roots = root == nil ? "" : #","roots":{}"#
        return Array(#"{"elicitation":{"form":{},"url":{}}\#(roots)}"#.utf8)
    }

    // MARK: Questions

    func answer(_ question: Message) async -> Answer {
        switch question.method {
        case .ping: return .empty
        case .rootsList: return roots
        case .elicit:
            guard await turn.enter() else { return Form.answer("cancel") }
            defer { turn.leave() }
            return await elicit(question.params.map(question.value))
        default:
            return .error(Answer.error(code: -32601, "This client cannot do that."))
        }
    }

    private var roots: Answer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("roots")
        writer.beginArray()
        if let root {
            writer.beginObject()
            writer.key("uri")
            writer.string("file://\(Self.percentEncoded(root))")
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return .result(writer.bytes)
    }

    /// A path as a URI has it (RFC 3986, unreserved characters and slashes stay).
    static func percentEncoded(_ path: String) -> String {
        path.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            if byte < 0x80, isPlain || "/-._~".utf8.contains(byte) { return String(scalar) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }

    private func elicit(_ params: Value?) async -> Answer {
        let text = Terminal.lines(params?["message"]?.string ?? "A server asks for something.")
        if params?["mode"]?.string != "url", let prepared {
            return Form.answer("accept", content: prepared)
        }
        guard console.isInteractive else {
            console.notices.say("\(text)\nNobody is there to answer: declined.")
            return Form.answer("decline")
        }
        console.notices.say(console.notices.ink(text, .strong))
        if params?["mode"]?.string == "url" {
            return await Form.visit(params?["url"]?.string ?? "", console)
        }
        return await Form.fill(FormField.all(of: params?["requestedSchema"]), console)
    }

    // MARK: Reports

    func hear(_ notification: Message) {
        let params = notification.params.map(notification.value)
        switch notification.method {
        case .progress:
            guard let report = ProgressReport(params) else { return }
            console.notices.report(report.text())
        case .message: log(params)
        default: break
        }
    }

    private func log(_ params: Value?) {
        let severity = params?["level"]?.string.flatMap(LogLevel.init(name:)) ?? .info
        guard severity >= level, let data = params?["data"] else { return }
        let text = data.string ?? String(decoding: JSONWriter.compact(data), as: UTF8.self)
        let logger = params?["logger"]?.string.map { "\(Terminal.plain($0)): " } ?? ""
        let tint: Ink.Tint = severity >= .error ? .bad : severity >= .warning ? .doubtful : .faint
        console.notices.say(
            console.notices.ink("\(severity.name): \(logger)", tint) + Terminal.lines(text))
    }
}

/// Lets one task at a time through, in no particular order.
private final class Turnstile: Sendable {
    private let isTaken = Mutex(false)
    private let left = Aggregator.Signal()

    /// False when the task was cancelled before its turn came.
    func enter() async -> Bool {
        while !Task.isCancelled {
            let version = left.version
            let isMine = isTaken.withLock { isTaken in
                defer { isTaken = true }
                return !isTaken
            }
            if isMine { return true }
            await left.wait(after: version)
        }
        return false
    }

    func leave() {
        isTaken.withLock { $0 = false }
        left.raise()
    }
}
