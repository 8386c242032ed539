import Aggregator
import Machine
import Wire

/// Content blocks and resource contents as people read them; pure.
struct ContentReport: Sendable {
    private(set) var text = ""

    /// Adds the blocks of a tool's result, and its structured content where the text does not say
    /// the same.
    mutating func add(result: Value) {
        var texts: [[UInt8]] = []
        for block in result["content"]?.elements.map(\.self) ?? [] {
            if block["type"]?.string == "text", let text = block["text"]?.text {
                texts.append(text)
            }
            add(block: block)
        }
        guard let structured = result["structuredContent"] else { return }
        let compact = JSONWriter.compact(structured)
        let isRepeated = texts.contains { text in
            (try? Value(validating: text)).map(JSONWriter.compact) == compact
        }
        if !isRepeated { line(String(decoding: compact, as: UTF8.self)) }
    }

    /// Adds one content block.
    mutating func add(block: Value) {
        switch block["type"]?.string {
        case "text": line(block["text"]?.string ?? "")
        case "image", "audio":
            line(Self.summary(block["type"]?.string ?? "", block["mimeType"], block["data"]))
        case "resource_link":
            let name = block["title"]?.string ?? block["name"]?.string ?? ""
            line("[resource link: \(block["uri"]?.string ?? "") \(name)]")
        case "resource":
            if let contents = block["resource"] { add(contents: contents, isNamed: true) }
        case let type: line("[\(type ?? "block without a type")]")
        }
    }

    /// Adds the contents of a resource: text as it is, anything else in a word.
    mutating func add(contents: Value, isNamed: Bool = false) {
        let uri = contents["uri"]?.string ?? ""
        if isNamed { line("[resource: \(uri)]") }
        if let text = contents["text"]?.string {
            line(text)
        } else {
            line(Self.summary("data", contents["mimeType"], contents["blob"]))
        }
    }

    private mutating func line(_ more: String) {
        text += Terminal.lines(more)
        if text.last != "\n" { text += "\n" }
    }

    private static func summary(_ what: String, _ type: Value?, _ data: Value?) -> String {
        let size = data.map { Base64.count($0.raw.dropFirst().dropLast()) } ?? 0
        return "[\(what): \(type?.string ?? "unknown type"), \(size.counted("byte"))]"
    }
}
