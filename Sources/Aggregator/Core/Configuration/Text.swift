/// A text from the configuration: its value, and what people may see of it.
///
/// Where `${env:NAME}` was expanded, printing shows the file's words and never the value.
package struct Text: Sendable, Hashable {
    /// The text after expansion; it may be a secret and is never printed.
    package let value: String
    /// The words of the file.
    package let written: String

    /// A text that is written as it is.
    package init(_ value: String) {
        self.init(value, written: value)
    }

    /// A text that came from expanding what is written.
    package init(_ value: String, written: String) {
        self.value = value
        self.written = written
    }

    /// Whether the value is not what is written.
    package var isExpanded: Bool { value != written }
}

extension Text: ExpressibleByStringLiteral, CustomStringConvertible, CustomDebugStringConvertible {
    package init(stringLiteral value: String) { self.init(value) }
    package var description: String { written }
    package var debugDescription: String { "\"\(written)\"" }
}
