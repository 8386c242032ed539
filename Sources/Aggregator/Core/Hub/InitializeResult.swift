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
        writer.raw(Self.capabilities)
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
