/// A command line cut into words as a POSIX shell would, without expanding anything: what Python's
/// `shlex.split` does.
package enum ShellWords {
    /// Why a text cannot be cut.
    package enum Fault: String, Error {
        case quotation = "No closing quotation"
        case escape = "No escaped character"
    }

    /// The words of a text.
    package static func split(_ text: String) throws(Fault) -> [String] {
        var words: [String] = []
        var word: String?
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case " ", "\t", "\r", "\n":
                if let whole = word { words.append(whole) }
                word = nil
            case "'": word = (word ?? "") + (try literal(&rest))
            case "\"": word = (word ?? "") + (try quoted(&rest))
            case "\\":
                guard let escaped = rest.popFirst() else { throw .escape }
                word = (word ?? "") + String(escaped)
            default: word = (word ?? "") + String(scalar)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    private typealias Scalars = Substring.UnicodeScalarView

    private static func literal(_ rest: inout Scalars) throws(Fault) -> String {
        guard let end = rest.firstIndex(of: "'") else { throw .quotation }
        defer { rest = rest[rest.index(after: end)...] }
        return String(rest[..<end])
    }

    private static func quoted(_ rest: inout Scalars) throws(Fault) -> String {
        var text = ""
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return text
            case "\\":
                guard let escaped = rest.popFirst() else { throw .quotation }
                // Inside of these quotes it escapes them and itself, and is itself before all else.
                if escaped != "\"", escaped != "\\" { text.unicodeScalars.append("\\") }
                text.unicodeScalars.append(escaped)
            default: text.unicodeScalars.append(scalar)
            }
        }
        throw .quotation
    }
}
