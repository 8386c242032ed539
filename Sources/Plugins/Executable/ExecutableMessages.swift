import Aggregator
import Wire

/// What an executable plugin is asked, and what it may answer.
enum ExecutableMessages {
    /// Writes the request that shows it a document.
    static func judge(
        _ document: Document, _ context: RuleContext, id: Int, to line: inout [UInt8]
    ) {
        request("plugin/judge", id: id, to: &line) { writer in
            writer.member("part", document.part.rawValue)
            writer.key("context")
            JudgingContext.write(context, to: &writer)
            writer.key("document")
            writer.value(document.value)
        }
    }

    /// Writes the request that shows it an item of a list.
    static func review(_ item: Item, id: Int, to line: inout [UInt8]) {
        request("plugin/review", id: id, to: &line) { writer in
            writer.key("context")
            JudgingContext.write(item, to: &writer)
            writer.key("item")
            writer.raw(item.json)
        }
    }

    /// Written straight to where it is sent from, so that nothing need grow and be copied.
    private static func request(
        _ method: String, id: Int, to line: inout [UInt8],
        _ parameters: (inout JSONWriter) -> Void
    ) {
        line.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
        appendDecimal(id, to: &line)
        line.append(contentsOf: #","method":""#.utf8)
        line.append(contentsOf: method.utf8)
        line.append(contentsOf: #"","params":"#.utf8)
        var writer = JSONWriter()
        swap(&writer.bytes, &line)
        writer.beginObject()
        parameters(&writer)
        writer.endObject()
        swap(&writer.bytes, &line)
        line.append(UInt8(ascii: "}"))
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
