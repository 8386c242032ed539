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
        writer.diagnostics(diagnostics, of: name ?? "")
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    /// Writes what is wrong with a file, with the places.
    mutating func diagnostics(_ diagnostics: [Diagnostic], of file: String) {
        beginArray()
        for diagnostic in diagnostics {
            beginObject()
            member("file", file)
            key("line")
            integer(diagnostic.mark.line)
            key("column")
            integer(diagnostic.mark.column)
            member("message", diagnostic.message)
            endObject()
        }
        endArray()
    }
}
