import Aggregator
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

    /// Reads a file; throws why it is none, as the rest of a sentence that began with its name.
    ///
    /// Any line may have been taken out, the last one and all of them too.
    init(_ bytes: [UInt8]) throws(RuleFault) {
        let text = Self.withoutLastComma(bytes)
        guard !text.isEmpty else { return }
        guard let value = try? Value(validating: text), value.kind == .object else {
            throw RuleFault("is no file of pins")
        }
        for (key, entry) in value.members.prefix(Self.most) {
            let path = key.string ?? ""
            guard let definition = entry["definition"],
                entry["sha256"]?.string == Digest.sha256Text(Canonical.json(definition))
            else { throw RuleFault("does not pin '\(path)' by what its 'sha256' says") }
            definitions[path] = Canonical.json(definition)
        }
    }

    /// The text without the comma that the last line leaves behind, and white space at its end.
    private static func withoutLastComma(_ bytes: [UInt8]) -> [UInt8] {
        func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            let end = bytes.lastIndex { !" \t\r\n".utf8.contains($0) }
            return end.map { bytes[...$0] } ?? []
        }
        let all = trimmed(bytes[...])
        guard all.last == UInt8(ascii: "}") else { return Array(all) }
        let inner = trimmed(all.dropLast())
        return Array(inner.last == UInt8(ascii: ",") ? inner.dropLast() : inner) + [
            UInt8(ascii: "}")
        ]
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
