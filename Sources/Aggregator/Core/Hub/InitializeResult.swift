import Wire

/// What a client is told when it opens a session (MCP, "Lifecycle").
struct InitializeResult {
    let revision: Revision
    let identity: Services.Identity
    let instructions: String?

    /// The capabilities are a fixed superset: what an upstream lacks is an empty list, and what
    /// appears later is announced.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("protocolVersion")
        writer.string(revision.rawValue)
        writer.key("capabilities")
        writer.raw(identity.capabilities ?? Self.capabilities)
        writer.key("serverInfo")
        identity.write(into: &writer)
        if let instructions {
            writer.key("instructions")
            writer.string(instructions)
        }
        writer.endObject()
        return writer.bytes
    }

    private static let capabilities = Array(
        """
        {"tools":{"listChanged":true},"prompts":{"listChanged":true},\
        "resources":{"subscribe":true,"listChanged":true},"completions":{},"logging":{}}
        """.utf8)
}

/// What a client is told that asks what there is without opening a session (MCP 2026-07-28,
/// "Discovery").
struct DiscoverResult {
    let identity: Services.Identity
    let instructions: String?

    /// The result without what every result of this revision has, which is added for all of them.
    ///
    /// There is no `logging` in it: a request says by itself what it wants to read.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("supportedVersions")
        writer.beginArray()
        for revision in Revision.modern { writer.string(revision.rawValue) }
        writer.endArray()
        writer.key("capabilities")
        writer.raw(identity.capabilities ?? Self.capabilities)
        if let instructions {
            writer.key("instructions")
            writer.string(instructions)
        }
        writer.endObject()
        return writer.bytes
    }

    private static let capabilities = Array(
        """
        {"tools":{"listChanged":true},"prompts":{"listChanged":true},\
        "resources":{"subscribe":true,"listChanged":true},"completions":{}}
        """.utf8)
}
