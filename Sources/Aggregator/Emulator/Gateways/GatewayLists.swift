import Aggregator
import Wire

/// What a gateway makes of its hub's lists: pages, and the tool that searches first of all.
struct GatewayLists: Sendable {
    /// The name of the tool that searches (AgentCore, "Gateway semantic search").
    static let searchName = "x_amz_bedrock_agentcore_search"

    let pageSize: Int
    let hasSearch: Bool

    /// One page of a list; `cursor` is what the client got with the page before.
    func page(_ answer: Answer, _ method: Method, cursor: String?) -> Answer {
        guard let key = Self.key(method), let result = Self.result(of: answer),
            let list = result[key]
        else { return answer }
        var items = list.elements.map { $0.copy() }
        if method == .toolsList, hasSearch { items.insert(Self.searchTool, at: 0) }
        guard let start = Self.offset(cursor), start <= items.count else {
            return .error(Answer.error(code: -32602, "Invalid cursor"))
        }
        let end = pageSize > 0 ? min(start + pageSize, items.count) : items.count
        var writer = JSONWriter()
        writer.beginObject()
        for member in result.members where !member.key.isText(key) {
            writer.key(member.key.string ?? "")
            writer.raw(member.value.copy())
        }
        writer.key(key)
        writer.beginArray()
        for item in items[start..<end] { writer.raw(item) }
        writer.endArray()
        if end < items.count {
            writer.key("nextCursor")
            writer.string(Base64.encodeForURL(Array("\(end)".utf8)))
        }
        writer.endObject()
        return .result(writer.bytes)
    }

    /// The tools of which a part of the query speaks, as definitions.
    static func search(_ answer: Answer, for query: String) -> Answer {
        let words = query.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let tools = result(of: answer)?["tools"].map { Array($0.elements) } ?? []
        let found = tools.filter { tool in
            let text = "\(tool["name"]?.string ?? "") \(tool["description"]?.string ?? "")"
                .lowercased()
            return words.contains { text.contains($0) }
        }
        var content = JSONWriter()
        content.beginObject()
        content.key("tools")
        content.beginArray()
        for tool in found { content.raw(tool.copy()) }
        content.endArray()
        content.endObject()
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("content")
        writer.beginArray()
        writer.beginObject()
        writer.key("type")
        writer.string("text")
        writer.key("text")
        writer.string(String(decoding: content.bytes, as: UTF8.self))
        writer.endObject()
        writer.endArray()
        writer.key("structuredContent")
        writer.raw(content.bytes)
        writer.key("isError")
        writer.bool(false)
        writer.endObject()
        return .result(writer.bytes)
    }

    private static func key(_ method: Method) -> String? {
        switch method {
        case .toolsList: "tools"
        case .promptsList: "prompts"
        case .resourcesList: "resources"
        case .resourceTemplatesList: "resourceTemplates"
        default: nil
        }
    }

    private static func offset(_ cursor: String?) -> Int? {
        guard let cursor else { return 0 }
        return Base64.decodeForURL(cursor).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
            .flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func result(of answer: Answer) -> Value? {
        switch answer {
        case .result(let json, _): Value(json, Extent(0..<json.count))
        case .relayed(let draft): draft.message.result.map { draft.message.value($0) }
        case .error: nil
        }
    }

    private static let searchTool = Array(
        """
        {"name":"x_amz_bedrock_agentcore_search","description":"A special tool that returns a trimmed \
        down list of tools given a context. Use this tool only when there are many tools available \
        and you want to get a subset that matches the provided context.","inputSchema":{"type":\
        "object","properties":{"query":{"type":"string","description":"search query"}},"required":\
        ["query"]}}
        """.utf8)
}
