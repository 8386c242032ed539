import Aggregator
import Wire

/// Lists are compared whole: how a server cuts them into pages is its own business.
extension Rerun {
    private static let mostPages = 1000

    /// Compares one list with the latest that was recorded.
    func compareList(
        _ method: Method, _ report: inout RerunReport
    ) async throws(Failure) {
        guard let member = method.listMember else { return }
        var server = RecordedServer(exchanges)
        let before = try await list(method, member) { (request) throws(Failure) in
            if case .said(let saying) = server.reply(to: request) { saying.answer } else { nil }
        }
        let after = try await list(method, member) { (request) throws(Failure) in
            try await send(request, method)
        }
        guard let before, let after else { return }
        compare(method.name, before, after, &report)
    }

    /// The pages of a list as one, or the error that it was answered with; nil if there is nothing.
    private func list(
        _ method: Method, _ member: String,
        _ ask: (Message) async throws(Failure) -> Message?
    ) async throws(Failure) -> [UInt8]? {
        var items: [[UInt8]] = []
        var cursor: [UInt8]?
        for _ in 0..<Self.mostPages {
            let request = try Request.draft(method) { params in
                guard let cursor else { return }
                params.key("cursor")
                params.raw(cursor)
            }
            guard let answer = try await ask(request.message) else { return nil }
            guard let result = answer.result.map({ answer.value($0) }) else {
                return answer.outcome
            }
            items += (result[member]?.elements.map(\.self) ?? []).map(JSONWriter.compact)
            cursor = result["nextCursor"].flatMap { $0.isNull ? nil : $0.copy() }
            if cursor == nil { break }
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("result")
        writer.beginObject()
        writer.key(member)
        writer.beginArray()
        for item in items { writer.raw(item) }
        writer.endArray()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// The tools that the server lists, and whether it says itself that they only read.
    func tools() async throws(Failure) -> [String: Bool] {
        let json = try await list(.toolsList, "tools") { (request) throws(Failure) in
            try await send(request, .toolsList)
        }
        guard let json else { return [:] }
        let tools = Value(json, Extent(0..<json.count))["result"]?["tools"]
        var found: [String: Bool] = [:]
        for tool in tools?.elements.map(\.self) ?? [] {
            guard let name = tool["name"]?.string else { continue }
            found[name] = tool["annotations"]?["readOnlyHint"]?.bool == true
        }
        return found
    }
}

extension Method {
    /// The member of the result that a list is; nil of everything else.
    var listMember: String? {
        switch self {
        case .toolsList: "tools"
        case .promptsList: "prompts"
        case .resourcesList: "resources"
        case .resourceTemplatesList: "resourceTemplates"
        default: nil
        }
    }
}
