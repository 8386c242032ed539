package import Wire

/// What a client says that it can do, as it said it.
package struct ClientCapabilities: Sendable, Hashable {
    /// The object that is offered to upstreams: the client's own bytes without what is not relayed.
    package let offered: [UInt8]
    package let sampling: Bool
    package let samplingTools: Bool
    package let elicitationForm: Bool
    package let elicitationURL: Bool
    package let roots: Bool

    /// A client that can do nothing on its own.
    package static let none = ClientCapabilities(nil)

    /// Reads the `capabilities` of an `initialize` request.
    package init(_ value: Value?) {
        let sampling = value?["sampling"]
        let elicitation = value?["elicitation"]
        self.sampling = sampling != nil
        samplingTools = sampling?["tools"] != nil
        // `{}` means form mode only (MCP 2025-11-25, "Elicitation").
        elicitationURL = elicitation?["url"] != nil
        elicitationForm = elicitation.map { $0["form"] != nil || $0["url"] == nil } ?? false
        roots = value?["roots"] != nil
        offered = Self.relayed(value)
    }

    /// Whether one of the members of an object of capabilities is not among these; nothing is said of
    /// anything else.
    func lack(_ required: Value?) -> Bool {
        let offered = Value(offered, Extent(0..<offered.count))
        guard let required, required.kind == .object else { return true }
        return required.members.contains { offered[$0.key.string ?? ""] == nil }
    }

    /// Tasks are not relayed, so they are not offered, in either of their forms: capability is
    /// behaviour.
    private static func relayed(_ value: Value?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if let value, value.kind == .object {
            for (key, member) in value.members where !key.isText("tasks") {
                writer.key(key.string ?? "")
                writer.raw(key.isText("extensions") ? relayed(extensions: member) : member.copy())
            }
        }
        writer.endObject()
        return writer.bytes
    }

    private static func relayed(extensions: Value) -> [UInt8] {
        guard extensions.kind == .object else { return extensions.copy() }
        var writer = JSONWriter()
        writer.beginObject()
        for (key, member) in extensions.members where !key.isText("io.modelcontextprotocol/tasks") {
            writer.key(key.string ?? "")
            writer.raw(member.copy())
        }
        writer.endObject()
        return writer.bytes
    }
}
