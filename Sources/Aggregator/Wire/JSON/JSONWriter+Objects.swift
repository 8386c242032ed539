extension JSONWriter {
    /// An object whose members are all strings, in this order.
    package static func object(_ members: [(String, String)]) -> [UInt8] {
        object(json: members.map { name, text in (name, quoted(text)) })
    }

    /// An object whose members are these JSON texts, in this order.
    package static func object(json members: some Sequence<(String, [UInt8])>) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, json) in members {
            writer.key(name)
            writer.raw(json)
        }
        writer.endObject()
        return writer.bytes
    }
}
