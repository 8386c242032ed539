import Synchronization
import Wire

extension Hub {
    /// Makes an upstream's answer fit for the client: URIs that clash, blocks too new for it.
    ///
    /// Most answers need nothing and are not even looked into.
    func adapt(_ answer: Message, _ call: Call, _ link: Link) throws(Failure) -> Answer {
        var draft = Draft(answer)
        guard let caller = call.caller else { return .relayed(draft) }
        if let error = answer.error {
            return adapt(error: Value(answer.bytes, error), answer, call, caller, link)
        }
        guard let extent = answer.result else { return .relayed(draft) }
        let unknown = caller.envelope.revision.unknownContent
        guard !unknown.isEmpty || link.speaksModern || link.mayMentionResources || hasWrappedURIs
        else {
            return .relayed(draft)
        }
        let result = Value(answer.bytes, extent)
        if link.speaksModern, let other = try type(of: result, call, caller, link, &draft) {
            return other
        }
        adaptContent(of: result, call, unknown, link, &draft)
        return .relayed(draft)
    }

    /// The blocks of a result and the URIs in it.
    private func adaptContent(
        of result: Value, _ call: Call, _ unknown: [String], _ link: Link, _ draft: inout Draft
    ) {
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
    }

    /// What the type of a newer upstream's result means for this client; nil when it is complete.
    private func type(
        of result: Value, _ call: Call, _ caller: Caller, _ link: Link, _ draft: inout Draft
    ) throws(Failure) -> Answer? {
        let type = result["resultType"]?.string ?? "complete"
        switch type {
        case "complete":
            if !caller.envelope.revision.isModern { Crossing.age(result, &draft) }
            return nil
        case "input_required":
            return .relayed(try inputRequired(result, call, caller, link, draft))
        default:
            throw Failure(
                .malformed,
                "Upstream '\(link.name)' answered with a result of type '\(type.prefix(60))', which "
                    + "Manifold does not relay.", upstream: link.name, executed: .unknown)
        }
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
        } else if catalog.target(uri: original) == nil,
            mention(original, by: link.name) != link.name
        {
            let wrapped = WrappedURI.wrap(original, of: link.name)
            draft.replace(uri.extent, with: JSONWriter.quoted(utf8: wrapped))
        }
    }

    /// Notes who speaks of a URI that nobody lists; returns who did so first.
    private func mention(_ uri: [UInt8], by upstream: String) -> String {
        state.withLock { state in
            if let first = state.mentioned[uri] { return first }
            state.mentioned.note(uri, upstream)
            return upstream
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
}

extension Value? {
    /// The elements of an array; none of anything else.
    fileprivate var elements: [Value] {
        guard let self, self.kind == .array else { return [] }
        return Array(self.elements)
    }
}
