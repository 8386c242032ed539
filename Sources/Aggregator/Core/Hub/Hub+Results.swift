import Synchronization
import Wire

extension Hub {
    /// Makes an upstream's answer fit for the client: URIs that clash, blocks too new for it.
    ///
    /// Most answers need nothing and are not even looked into.
    func adapt(_ answer: Message, _ call: Call, _ link: Link) -> Draft {
        var draft = Draft(answer)
        guard let caller = call.caller else { return draft }
        if let error = answer.error {
            relabel(Value(answer.bytes, error), link, &draft)
            return draft
        }
        guard let extent = answer.result else { return draft }
        let unknown = caller.envelope.revision.unknownContent
        guard !unknown.isEmpty || link.mayMentionResources || hasWrappedURIs else {
            return draft
        }
        let result = Value(answer.bytes, extent)
        switch call.method {
        case .toolsCall:
            for block in result["content"].elements { adapt(block, unknown, link, &draft) }
        case .promptsGet:
            for message in result["messages"].elements {
                if let block = message["content"] { adapt(block, unknown, link, &draft) }
            }
        case .resourcesRead:
            for contents in result["contents"].elements {
                if let uri = contents["uri"] { rewrite(uri, link, &draft) }
            }
        default: break
        }
        return draft
    }

    private var hasWrappedURIs: Bool { state.withLock { $0.catalog.hasWrappedURIs } }

    private func adapt(_ block: Value, _ unknown: [String], _ link: Link, _ draft: inout Draft) {
        let type = block["type"]?.string ?? ""
        if unknown.contains(type) {
            return draft.replace(block.extent, with: Self.note(block, type))
        }
        if type == "resource_link", let uri = block["uri"] { rewrite(uri, link, &draft) }
        if type == "resource", let uri = block["resource"]?["uri"] { rewrite(uri, link, &draft) }
    }

    /// The URI as clients know it; one that nobody lists is remembered for reading.
    private func rewrite(_ uri: Value, _ link: Link, _ draft: inout Draft) {
        guard let original = uri.text else { return }
        if let known = catalog.published(original, of: link.name) {
            draft.replace(uri.extent, with: JSONWriter.quoted(utf8: known))
        } else if catalog.target(uri: original) == nil {
            state.withLock { state in
                if state.mentioned[original] == nil { state.mentioned.note(original, link.name) }
            }
        }
    }

    /// What an older client reads in the place of a block that its revision does not have.
    private static func note(_ block: Value, _ type: String) -> [UInt8] {
        let what = block["uri"]?.string ?? block["mimeType"]?.string ?? type
        let name = block["title"]?.string ?? block["name"]?.string
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("type")
        writer.string("text")
        writer.key("text")
        writer.string(name.map { "[\(type): \($0), \(what)]" } ?? "[\(type): \(what)]")
        writer.endObject()
        return writer.bytes
    }

    /// Elicitation ids in error -32042 get their upstream's name like all others (`mcp.md` §1.8).
    private func relabel(_ error: Value, _ link: Link, _ draft: inout Draft) {
        guard error["code"]?.integer == -32042 else { return }
        for elicitation in error["data"]?["elicitations"].elements ?? [] {
            guard let id = elicitation["elicitationId"], let text = id.string else { continue }
            draft.replace(id.extent, with: JSONWriter.quoted(link.elicitation(text)))
        }
    }
}

extension Value? {
    /// The elements of an array; none of anything else.
    fileprivate var elements: [Value] {
        guard let self, self.kind == .array else { return [] }
        return Array(self.elements)
    }
}
