package import Wire

/// What an entry of a list has to be like so that clients can read the list (MCP, "Tool", "Prompt",
/// "Resource"): many refuse all of it for one entry, and with it what other upstreams offer.
package enum ItemShape {
    /// What is wrong with an entry, as a clause; nil when nothing is.
    package static func fault(_ entry: Value, _ kind: Item.Kind) -> String? {
        for key in kind.isNamed ? ["name"] : [kind.key, "name"] where entry[key]?.string == nil {
            return "'\(key)' must be a text"
        }
        if kind == .tool, entry["inputSchema"]?.kind != .object {
            return "'inputSchema' must be an object"
        }
        for (key, wanted, words) in optional {
            guard let member = entry[key], member.kind != .null, member.kind != wanted else {
                continue
            }
            return "'\(key)' must be \(words)"
        }
        return nil
    }

    /// Members that need not be there; some servers write null for that.
    private static let optional: [(String, Value.Kind, String)] = [
        ("title", .string, "a text"), ("description", .string, "a text"),
        ("mimeType", .string, "a text"), ("outputSchema", .object, "an object"),
        ("annotations", .object, "an object"), ("arguments", .array, "a list"),
    ]

    /// An entry with what is merely missing, and what that was: the schema of a tool, or the name of a
    /// resource; nil where nothing is.
    static func completed(_ entry: Value, _ kind: Item.Kind) -> (json: [UInt8], key: String)? {
        switch kind {
        case .tool where isMissing(entry["inputSchema"]):
            let schema = Array(#"{"type":"object"}"#.utf8)
            return (set("inputSchema", schema, of: entry), "inputSchema")
        case .resource, .template:
            guard isMissing(entry["name"]), let uri = entry[kind.key] else { return nil }
            return (set("name", uri.copy(), of: entry), "name")
        case .tool, .prompt: return nil
        }
    }

    private static func isMissing(_ member: Value?) -> Bool {
        member.map { $0.kind == .null } ?? true
    }

    private static func set(_ key: String, _ json: [UInt8], of entry: Value) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in entry.members where !name.isText(key) {
            writer.key(name.string ?? "")
            writer.raw(value.raw)
        }
        writer.key(key)
        writer.raw(json)
        writer.endObject()
        return writer.bytes
    }
}
