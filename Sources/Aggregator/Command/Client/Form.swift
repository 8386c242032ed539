import Aggregator
import Wire

/// Asks a person on a terminal what a server wants to know.
enum Form {
    /// Asks field by field, then whether to send it all.
    static func fill(_ fields: [FormField], _ console: Console) async -> Answer {
        var content: [(name: String, json: [UInt8])] = []
        for field in fields {
            switch await ask(field, console) {
            case .value(let json): content.append((field.name, json))
            case .nothing: break
            case .over: return answer("cancel")
            }
        }
        return switch await confirm("Send it? [Y]es, [n]o, [c]ancel: ", console) {
        case .yes:
            answer("accept", content: JSONWriter.object(json: content.map { ($0.name, $0.json) }))
        case .no: answer("decline")
        case .cancel: answer("cancel")
        }
    }

    /// Shows a link that the person has to open; the server learns of the rest by itself.
    static func visit(_ url: String, _ console: Console) async -> Answer {
        console.notices.say("  \(Terminal.plain(url))")
        let question = "Open this link in a browser, if you trust it. Done? [Y]es, [n]o, [c]ancel: "
        return switch await confirm(question, console) {
        case .yes: answer("accept")
        case .no: answer("decline")
        case .cancel: answer("cancel")
        }
    }

    /// The result of an elicitation.
    static func answer(_ action: String, content: [UInt8]? = nil) -> Answer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("action")
        writer.string(action)
        if let content {
            writer.key("content")
            writer.raw(content)
        }
        writer.endObject()
        return .result(writer.bytes)
    }

    private enum Reply {
        case value([UInt8])
        case nothing
        /// The input ended.
        case over
    }

    private static func ask(_ field: FormField, _ console: Console) async -> Reply {
        while let typed = await console.ask(field.prompt) {
            do throws(FormField.Fault) {
                return try field.value(of: typed.trimmed).map(Reply.value) ?? .nothing
            } catch {
                console.notices.say(console.notices.ink("  No: \(error.reason).", .doubtful))
            }
        }
        return .over
    }

    private enum Decision { case yes, no, cancel }

    private static func confirm(_ question: String, _ console: Console) async -> Decision {
        while let typed = await console.ask(question) {
            switch typed.trimmed.lowercased() {
            case "", "y", "yes": return .yes
            case "n", "no": return .no
            case "c", "cancel": return .cancel
            default: continue
            }
        }
        return .cancel
    }
}
