import Aggregator
import Machine
import Wire

/// A configuration that cannot be used, in the words for the terminal; exit code 2.
struct LoadError: Error, Sendable {
    let text: String
    /// The name of the source, and what is wrong at which place of it, where that can be told.
    let name: String?
    let diagnostics: [Diagnostic]
    /// The files that the configuration names, as far as it was read: an edit of one may mend it.
    var files: [String: FileStamp?] = [:]

    /// An error whose text ends in a line feed, with its places if they are known.
    init(_ text: String, _ name: String? = nil, _ diagnostics: [Diagnostic] = []) {
        self.text = text
        self.name = name
        self.diagnostics = diagnostics
    }

    /// The same for programs.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("valid")
        writer.bool(false)
        writer.key("message")
        writer.string(text)
        writer.key("errors")
        writer.beginArray()
        for diagnostic in diagnostics {
            writer.beginObject()
            writer.key("file")
            writer.string(name ?? "")
            writer.key("line")
            writer.integer(diagnostic.mark.line)
            writer.key("column")
            writer.integer(diagnostic.mark.column)
            writer.key("message")
            writer.string(diagnostic.message)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
