import Aggregator
import Wire

/// What an executable plugin is asked, and what it may answer.
enum ExecutableMessages {
    /// The request that shows it a document.
    static func judge(_ document: Document, _ context: RuleContext) -> [UInt8] {
        request("plugin/judge") { writer in
            writer.member("part", document.part.rawValue)
            writer.key("context")
            writer.raw(JudgingContext(context).json)
            writer.key("document")
            writer.value(document.value)
        }
    }

    /// The request that shows it an item of a list.
    static func review(_ item: Item) -> [UInt8] {
        request("plugin/review") { writer in
            writer.key("context")
            writer.raw(JudgingContext(item).json)
            writer.key("item")
            writer.raw(item.json)
        }
    }

    /// A request whose id is put in when it is sent.
    private static func request(_ method: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("jsonrpc", "2.0")
        writer.key("id")
        writer.integer(0)
        writer.member("method", method)
        writer.key("params")
        writer.beginObject()
        body(&writer)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Reads what it says of a document.
    static func verdict(_ answer: Message) throws(RuleFault) -> Verdict {
        let result = try result(of: answer)
        switch result["verdict"]?.string {
        case "pass": return .pass
        case "replace": return .replace(try member("document", of: result))
        case "answer": return .answer(try member("result", of: result))
        case "refuse":
            let reason = result["reason"]?.string ?? "it gave no reason"
            return .refuse("\(reason.prefix(500)).")
        default: throw RuleFault("its verdict is none of pass, replace, answer and refuse.")
        }
    }

    /// Reads what it says of an item: nil to hide it.
    static func reviewed(_ answer: Message, _ item: Item) throws(RuleFault) -> [UInt8]? {
        let result = try result(of: answer)
        switch result["verdict"]?.string {
        case "pass": return item.json
        case "replace": return try member("item", of: result)
        case "hide": return nil
        default: throw RuleFault("its verdict is none of pass, replace and hide.")
        }
    }

    private static func result(of answer: Message) throws(RuleFault) -> Value {
        if let error = answer.error {
            let words = answer.value(error)["message"]?.string ?? "no reason given"
            throw RuleFault("it failed: \(words.prefix(500)).")
        }
        guard let result = answer.result else { throw RuleFault("it gave no result.") }
        return answer.value(result)
    }

    private static func member(_ name: String, of result: Value) throws(RuleFault) -> [UInt8] {
        guard let value = result[name] else { throw RuleFault("its verdict lacks '\(name)'.") }
        return JSONWriter.compact(value)
    }
}
