/// A command line in words, as a POSIX shell splits it: quotes and backslashes, and nothing expanded.
enum ShellWords {
    private static let double: Character = "\""
    private static let single: Character = "'"

    /// The words; nil when a quote or a backslash is left open.
    static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                // Inside of double quotes only a quote and a backslash are escaped.
                let keeps = quote == double && character != double && character != "\\"
                word = (word ?? "") + (keeps ? "\\" : "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != single {
                isEscaped = true
                word = word ?? ""
            } else if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == double || character == single {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else { return nil }
        if let word { words.append(word) }
        return words
    }
}
