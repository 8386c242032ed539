/// The `NAME=value` lines of an `envFile`, as dotenv files are usually written.
///
/// Blank lines and comments are skipped and `export` before a name is allowed. A value in single
/// quotes is literal; in double quotes `\n`, `\t`, `\"`, `\\` and `\$` are escapes; without quotes
/// it ends before ` #`. Nothing is expanded.
package enum EnvironmentFile {
    /// A line that cannot be read, by number: its content may be a secret and is not repeated.
    package struct Fault: Error, Sendable, Hashable {
        package let line: Int
        /// A clause without a period.
        package let reason: String
    }

    /// The variables of a file, in its order.
    package static func parse(_ text: String) throws(Fault) -> [(name: String, value: String)] {
        var variables: [(name: String, value: String)] = []
        let text = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            var rest = trimmed(line)
            if rest.isEmpty || rest.first == "#" { continue }
            if rest.hasPrefix("export ") { rest = trimmed(rest.dropFirst("export ".count)) }
            guard let equals = rest.firstIndex(of: "="), equals > rest.startIndex else {
                throw Fault(line: index + 1, reason: "it is not of the form NAME=value")
            }
            let raw = trimmed(rest[rest.index(after: equals)...])
            guard let value = value(raw) else {
                throw Fault(line: index + 1, reason: "its quotes are not closed")
            }
            variables.append((String(trimmed(rest[..<equals])), value))
        }
        return variables
    }

    private static func value(_ raw: Substring) -> String? {
        switch raw.first {
        case "'":
            let body = raw.dropFirst()
            return body.firstIndex(of: "'").map { String(body[..<$0]) }
        case "\"":
            return unescaped(raw.dropFirst())
        default:
            return String(trimmed(withoutComment(raw)))
        }
    }

    /// The text before the closing double quote, or nil when there is none.
    private static func unescaped(_ body: Substring) -> String? {
        var value = ""
        var isEscaped = false
        for character in body {
            switch (isEscaped, character) {
            case (false, "\""): return value
            case (false, "\\"): isEscaped = true
            case (false, _): value.append(character)
            case (true, _):
                value += escapes[character] ?? "\\\(character)"
                isEscaped = false
            }
        }
        return nil
    }

    private static let escapes: [Character: String] = [
        "n": "\n", "t": "\t", "r": "\r", "\"": "\"", "\\": "\\", "$": "$",
    ]

    private static func withoutComment(_ raw: Substring) -> Substring {
        var previous: Character = " "
        for index in raw.indices {
            if raw[index] == "#" && previous.isWhitespace { return raw[..<index] }
            previous = raw[index]
        }
        return raw
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
