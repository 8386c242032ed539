package import Wire

/// YAML read with libyaml into nodes with their places; JSON is YAML.
///
/// A document that could mean two things is refused: a key given twice, several documents, merge
/// keys, tags. Sizes are bounded before and after the expansion of aliases.
package enum YAML {
    /// The bounds of one document.
    package struct Limits: Sendable {
        /// The longest text, in bytes.
        package var bytes = 4 << 20
        /// The deepest nesting.
        package var depth = 64
        /// The most nodes after the expansion of aliases.
        package var nodes = 100_000

        package static let standard = Self()

        /// The usual bounds.
        package init() {}
    }

    /// Why a text is not a document, and where.
    package struct Failure: Error, Sendable, Hashable {
        package let mark: Node.Mark
        /// A clause without a capital or a period, to be put after the place.
        package let reason: String

        /// A reason at a place.
        package init(_ reason: String, at mark: Node.Mark) {
            self.reason = reason
            self.mark = mark
        }
    }

    /// The one document of a text; an empty text is null.
    package static func parse(
        _ bytes: [UInt8], limits: Limits = .standard
    ) throws(Failure) -> Node {
        let start = Node.Mark(line: 1, column: 1)
        guard bytes.count <= limits.bytes else {
            throw Failure("the document is longer than \(limits.bytes) bytes", at: start)
        }
        var composer = Composer(events: YAMLEvents(bytes), limits: limits)
        return try composer.document() ?? Node(.scalar(.init("", isQuoted: false)), at: start)
    }
}
