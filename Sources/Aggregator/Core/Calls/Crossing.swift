package import Wire

/// What has to change in a result between an upstream and a client whose revisions differ, and what
/// belongs to one hop only.
package struct Crossing {
    private let server: [UInt8]

    /// A crossing that names us as the server.
    package init(_ identity: Services.Identity) {
        var writer = JSONWriter()
        identity.write(into: &writer)
        server = writer.bytes
    }

    // MARK: To a client of 2026-07-28

    /// Gives an answer what every result of the newer revisions has: its type, the server's name,
    /// and for what may be kept, for how long (MCP 2026-07-28, "Results", "Caching").
    package func complete(_ answer: Answer, to method: Method) -> Answer {
        switch answer {
        case .error: return answer
        case .result(let json, let executed):
            return .result(
                complete(Value(json, Extent(0..<json.count)), method), executed: executed)
        case .relayed(var draft):
            guard let extent = draft.message.result else { return answer }
            complete(draft.message.value(extent), method, &draft)
            return .relayed(draft)
        }
    }

    /// A result that was made here: written anew with what it lacks.
    private func complete(_ result: Value, _ method: Method) -> [UInt8] {
        guard result.kind == .object else { return result.copy() }
        var writer = JSONWriter()
        writer.beginObject()
        for (key, json) in missing(in: result, method) {
            writer.key(key)
            writer.raw(json)
        }
        for (key, value) in result.members {
            writer.key(key.string ?? "")
            writer.raw(key.isText("_meta") ? signed(value) : value.copy())
        }
        writer.endObject()
        return writer.bytes
    }

    /// A result of an upstream: what it lacks is spliced in.
    private func complete(_ result: Value, _ method: Method, _ draft: inout Draft) {
        guard result.kind == .object else { return }
        if let meta = result["_meta"], meta.kind == .object {
            draft.edit(
                meta.extent, set: [(EnvelopeKey.server, server)],
                removed: [EnvelopeKey.subscription])
        }
        draft.edit(result.extent, set: missing(in: result, method))
    }

    private func missing(in result: Value, _ method: Method) -> [(key: String, value: [UInt8])] {
        var missing: [(key: String, value: [UInt8])] = []
        let type = result["resultType"]
        if type == nil { missing.append(("resultType", Array(#""complete""#.utf8))) }
        if result["_meta"]?.kind != .object {
            var meta = JSONWriter()
            meta.beginObject()
            meta.key(EnvelopeKey.server)
            meta.raw(server)
            meta.endObject()
            missing.append(("_meta", meta.bytes))
        }
        guard let life = Self.life(of: method), type?.isText("complete") ?? true else {
            return missing
        }
        if result["ttlMs"] == nil { missing.append(("ttlMs", Array(String(life).utf8))) }
        if result["cacheScope"] == nil {
            missing.append(("cacheScope", Array(#""private""#.utf8)))
        }
        return missing
    }

    /// For how many milliseconds a result may be kept about which nobody has said so; nil for what
    /// may not be kept at all.
    private static func life(of method: Method) -> Int? {
        switch method {
        case .discover, .toolsList, .promptsList, .resourcesList, .resourceTemplatesList:
            CacheHints.own.ttl
        case .resourcesRead: 0
        default: nil
        }
    }

    /// The `_meta` of a result with our own name in it.
    private func signed(_ meta: Value) -> [UInt8] {
        guard meta.kind == .object else { return meta.copy() }
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in meta.members where !key.isText(EnvelopeKey.server) {
            writer.key(key.string ?? "")
            writer.raw(value.copy())
        }
        writer.key(EnvelopeKey.server)
        writer.raw(server)
        writer.endObject()
        return writer.bytes
    }

    // MARK: To a client of an older revision

    /// Takes out of a newer upstream's result what older clients do not have.
    ///
    /// A `structuredContent` that is no object becomes a text block, if there is no content besides.
    package static func age(_ result: Value, _ draft: inout Draft) {
        guard result.kind == .object else { return }
        var set: [(key: String, value: [UInt8])] = []
        var removed = ["resultType", "ttlMs", "cacheScope"]
        if let structured = result["structuredContent"], structured.kind != .object {
            removed.append("structuredContent")
            let content = result["content"]
            if content?.elements.isEmpty ?? true { set.append(("content", text(structured))) }
        }
        if let meta = result["_meta"], meta.kind == .object {
            draft.edit(
                meta.extent, removed: [EnvelopeKey.server, EnvelopeKey.subscription])
        }
        draft.edit(result.extent, set: set, removed: removed)
    }

    /// The content of a tool's result that says a value as text.
    private static func text(_ value: Value) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        writer.beginObject()
        writer.key("type")
        writer.string("text")
        writer.key("text")
        writer.string(String(decoding: JSONWriter.compact(value), as: UTF8.self))
        writer.endObject()
        writer.endArray()
        return writer.bytes
    }
}

extension Value.Elements {
    /// Whether there is not even one.
    fileprivate var isEmpty: Bool {
        var copy = self
        return copy.next() == nil
    }
}
