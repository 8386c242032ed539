import Aggregator
import Wire

/// Which parts of the content a rule is about: what patterns find, and what stands in certain places.
struct Selection: Sendable, Equatable {
    var patterns: [Pattern] = []
    var fields: [FieldPath] = []

    static func == (one: Self, other: Self) -> Bool {
        one.patterns.map(\.text) == other.patterns.map(\.text) && one.fields == other.fields
    }

    /// What of a leaf is chosen.
    enum Choice {
        case nothing
        case whole
        /// Ranges of its unescaped text, or of a number's digits, from front to back.
        case parts([Range<Int>])
    }

    /// What of a leaf is chosen, given its text.
    func choice(_ leaf: Leaf, _ text: [UInt8], _ time: TimeLimit) throws(RuleFault) -> Choice {
        if let steps = leaf.steps, fields.contains(where: { $0.covers(steps) }) { return .whole }
        var parts: [Range<Int>] = []
        for pattern in patterns { parts += try pattern.matches(in: text, time) }
        return parts.isEmpty ? .nothing : .parts(Self.merged(parts))
    }

    /// The same places without any that overlap.
    static func merged(_ parts: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, part.lowerBound < last.upperBound {
                merged[merged.count - 1] =
                    last.lowerBound..<max(last.upperBound, part.upperBound)
            } else {
                merged.append(part)
            }
        }
        return merged
    }
}

extension Format<[Pattern]> {
    /// PCRE2 expressions, compiled when the configuration is read.
    static let expressions = Format<Pattern>.expression.list()

    /// The same, and at least one.
    static let someExpressions = Format<Pattern>.expression.list(atLeast: 1)
}

extension Format<Pattern> {
    fileprivate static let expression = Self(
        Schema.text(.filled), show: { .text($0.text) }
    ) { node, reading in
        guard let text = Format<String>.filled.read(node, &reading) else { return nil }
        do throws(Pattern.Mistake) {
            return try Pattern(text)
        } catch {
            reading.report(
                "\(reading.place ?? "the pattern") is no regular expression: \(error.reason), at "
                    + "character \(error.offset + 1)", at: node.mark)
            return nil
        }
    }
}

extension Format<[FieldPath]> {
    /// Places in documents.
    static let fields = Format<FieldPath>.field.list()

    /// The same, and at least one.
    static let someFields = Format<FieldPath>.field.list(atLeast: 1)
}

extension Format<FieldPath> {
    fileprivate static let field = Self(
        Schema.text(.filled), show: { .text($0.text) }
    ) { node, reading in
        guard let text = Format<String>.filled.read(node, &reading) else { return nil }
        if let path = FieldPath(text) { return path }
        reading.report(
            "\(reading.place ?? "the field") has an empty part; write 'a.*.b', or '/a.b/c' for names "
                + "with a point", at: node.mark)
        return nil
    }
}
