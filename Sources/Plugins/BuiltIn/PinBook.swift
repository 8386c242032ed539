import Machine
import Wire

/// What tools were when they were pinned: a file with one line for each, so that one can be taken out.
struct PinBook: Sendable {
    /// The canonical definition of each tool, by its original `upstream/name`.
    private(set) var definitions: [String: [UInt8]] = [:]

    /// The largest file.
    static let limit = 64 << 20
    private static let most = 100_000

    /// A book without pins.
    init() {}

    /// Reads a file; nil when it is none.
    init?(_ bytes: [UInt8]) {
        guard let value = try? Value(validating: bytes), value.kind == .object else { return nil }
        for (key, entry) in value.members.prefix(Self.most) {
            guard let path = key.string, let definition = entry["definition"],
                entry["sha256"]?.string == Digest.sha256Text(Canonical.json(definition))
            else { return nil }
            definitions[path] = Canonical.json(definition)
        }
    }

    /// Pins a tool; false when there is no room.
    mutating func pin(_ path: String, _ definition: [UInt8]) -> Bool {
        guard definitions.count < Self.most else { return false }
        definitions[path] = definition
        return true
    }

    /// The file.
    var json: [UInt8] {
        let lines = definitions.sorted { $0.key < $1.key }.map { path, definition -> [UInt8] in
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("sha256")
            writer.string(Digest.sha256Text(definition))
            writer.key("definition")
            writer.raw(definition)
            writer.endObject()
            return JSONWriter.quoted(path) + Array(": ".utf8) + writer.bytes
        }
        return Array("{\n".utf8) + lines.joined(separator: Array(",\n".utf8)) + Array("\n}\n".utf8)
    }
}
