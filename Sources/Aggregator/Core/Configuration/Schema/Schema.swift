/// What a value of the configuration may look like, as data: decoding describes its errors with
/// it, and the JSON Schema and the tables of the documentation are made from it.
package indirect enum Schema: Sendable, Hashable {
    /// A string, with the form it must have.
    case text(Form?)
    /// A string, or a number or truth value taken as it is written.
    case word
    case bool
    case integer(ClosedRange<Int>)
    /// `3 s`, `500 ms`, `2 min`, `1 h`, or a number of seconds.
    case duration
    /// `8 MiB`, `64 KiB`, or a number of bytes.
    case size
    /// No value at all.
    case null
    /// One of these strings.
    case choice([String])
    /// A list, of at least so many values.
    case list(Schema, atLeast: Int = 0)
    /// A mapping with free keys.
    case mapping(keys: Form?, values: Schema)
    /// A mapping with known keys.
    case object(Object)
    case either([Schema])
    /// Whatever JSON can say.
    case anything

    /// The form of a string.
    package struct Form: Sendable, Hashable {
        /// A regular expression for editors, anchored at both ends.
        package let pattern: String
        /// The same for people, after "a text": `of letters and digits`.
        package let words: String

        /// A form by its expression and its words.
        package init(pattern: String, words: String) {
            self.pattern = pattern
            self.words = words
        }
    }

    /// A mapping with known keys.
    package struct Object: Sendable, Hashable {
        /// The keys in the order of the documentation.
        package var keys: [Key]
        /// Keys of which exactly one must be given; empty for no such rule.
        package var alternatives: [String] = []
        /// Keys of which at least one must be given; empty for no such rule.
        package var needs: [String] = []

        /// An object with these keys.
        package init(keys: [Key], alternatives: [String] = [], needs: [String] = []) {
            self.keys = keys
            self.alternatives = alternatives
            self.needs = needs
        }
    }

    /// One known key.
    package struct Key: Sendable, Hashable {
        package var name: String
        /// One line, with a period.
        package var documentation: String
        package var schema: Schema
        /// What holds when the key is not given; nil when nothing does.
        package var standard: Literal?
        package var isRequired = false
        /// A value as one would write it.
        package var example: String?
    }

    /// A value of a default, for every way of printing it.
    package indirect enum Literal: Sendable, Hashable {
        case text(String)
        case integer(Int)
        case bool(Bool)
        case list([Literal])
    }
}

extension Schema {
    /// The noun phrase of "'port' must be …".
    package var expectation: String {
        switch self {
        case .text(let form): form.map { "a text \($0.words)" } ?? "a text"
        case .word: "a text, a number, true or false"
        case .bool: "true or false"
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .duration: "a duration such as '3 s', '500 ms' or '2 min'"
        case .size: "a size such as '8 MiB'"
        case .null: "null"
        case .choice(let words): "one of \(words.map { "'\($0)'" }.joined(separator: ", "))"
        case .list(_, let count): count == 0 ? "a list" : "a list with something in it"
        case .mapping, .object: "a mapping"
        case .either(let schemas): schemas.map(\.expectation).joined(separator: ", or ")
        case .anything: "a value of JSON"
        }
    }
}
