import Wire

/// How one JSON value differs from another, as the lines of a unified diff; pure.
///
/// Both are printed one member a line, and compared by what they mean: the order of members and the
/// spelling of numbers are no difference. Lines that stay have the spelling of the first value.
struct ValueDiff: Sendable {
    /// One line of a diff.
    struct Line: Sendable, Equatable {
        /// What became of it.
        enum Sign: String, Sendable {
            case same = " "
            case gone = "-"
            case new = "+"
            /// Lines that stay and are left out; the text says where it goes on.
            case gap = "@"
        }

        let sign: Sign
        /// The line without its sign, blanks at its beginning included.
        let text: String
        /// Where in the value it is, such as `$.content[0].text`.
        let path: String
    }

    /// How many lines that stay are shown around those that do not.
    private static let context = 3

    /// The lines of both values, those far from any difference left out; nothing when they mean the same.
    static func lines(before: Value, after: Value) -> [Line] {
        let (old, new) = (ValueTree(before), ValueTree(after))
        guard old.form != new.form else { return [] }
        var printer = DiffPrinter()
        printer.compare(old, new, DiffPrinter.Place())
        return shortened(printer.lines)
    }

    /// The lines as they are printed: with their signs, in the colours of the ink.
    static func text(_ lines: [Line], _ ink: Ink) -> String {
        lines.map { line in
            let text = line.sign == .gap ? "@@ \(line.text) @@" : line.sign.rawValue + line.text
            return ink(Terminal.plain(text), line.sign.tint) + "\n"
        }.joined()
    }

    private static func shortened(_ all: [Line]) -> [Line] {
        var isShown = [Bool](repeating: false, count: all.count)
        for (index, line) in all.enumerated() where line.sign != .same {
            for near in max(0, index - context)...min(all.count - 1, index + context) {
                isShown[near] = true
            }
        }
        var lines: [Line] = []
        for (index, line) in all.enumerated() where isShown[index] {
            if index > 0, !isShown[index - 1] {
                let next = all[index...].first { $0.sign != .same } ?? line
                lines.append(Line(sign: .gap, text: next.path, path: next.path))
            }
            lines.append(line)
        }
        return lines
    }
}

extension ValueDiff.Line.Sign {
    fileprivate var tint: Ink.Tint? {
        switch self {
        case .same: nil
        case .gone: .bad
        case .new: .good
        case .gap: .faint
        }
    }
}
