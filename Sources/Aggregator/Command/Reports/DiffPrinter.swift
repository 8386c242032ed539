import Wire

/// Prints two values beside each other, part by part: what both have, what only one has.
struct DiffPrinter {
    /// Where a part stands: how deep, under which key, whether a comma follows.
    struct Place {
        var depth = 0
        /// What stands before the value, such as `"key": `.
        var label = ""
        var comma = ""
        var path = "$"

        /// The place of a part inside.
        fileprivate func inner(_ label: String, _ step: String, isLast: Bool) -> Place {
            Place(depth: depth + 1, label: label, comma: isLast ? "" : ",", path: path + step)
        }
    }

    private(set) var lines: [ValueDiff.Line] = []

    /// Beyond so many comparisons, elements of lists are matched by their numbers alone.
    private static let mostComparisons = 1 << 20

    /// Prints both values, whose differences are as deep inside as they can be.
    mutating func compare(_ old: ValueTree, _ new: ValueTree, _ place: Place) {
        switch (old.body, new.body) {
        case _ where old.form == new.form: print(old, .same, place)
        case (.object(let before), .object(let after)) where old.isNested && new.isNested:
            open("{", place)
            compare(before, after, place)
            close("}", place)
        case (.array(let before), .array(let after)) where old.isNested && new.isNested:
            open("[", place)
            compare(before, after, place)
            close("]", place)
        case (.string(let before), .string(let after)):
            let (old, new) = StringPair(before, after, old.spelling, new.spelling).shown
            line(.gone, old, place)
            line(.new, new, place)
        default:
            print(old, .gone, place)
            print(new, .new, place)
        }
    }

    // MARK: Objects

    private mutating func compare(
        _ old: [(key: String, value: ValueTree)], _ new: [(key: String, value: ValueTree)],
        _ place: Place
    ) {
        var rest = new
        var steps: [(key: String, old: ValueTree?, new: ValueTree?)] = []
        for (key, value) in old {
            let partner = rest.firstIndex { $0.key == key }
            steps.append((key, value, partner.map { rest.remove(at: $0).value }))
        }
        steps += rest.map { ($0.key, nil, $0.value) }
        for (index, step) in steps.enumerated() {
            let label = String(decoding: JSONWriter.quoted(step.key), as: UTF8.self) + ": "
            let inner = place.inner(
                label, Self.step(step.key), isLast: index == steps.count - 1)
            both(step.old, step.new, inner)
        }
    }

    private static func step(_ key: String) -> String {
        let isPlain = key.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte.isLetterOrDigit
        }
        return isPlain && !key.isEmpty
            ? ".\(key)" : "[\(String(decoding: JSONWriter.quoted(key), as: UTF8.self))]"
    }

    // MARK: Lists

    private mutating func compare(_ old: [ValueTree], _ new: [ValueTree], _ place: Place) {
        let pairs = Self.pairs(old, new)
        for (index, pair) in pairs.enumerated() {
            let number = pair.old ?? pair.new ?? 0
            let inner = place.inner("", "[\(number)]", isLast: index == pairs.count - 1)
            both(pair.old.map { old[$0] }, pair.new.map { new[$0] }, inner)
        }
    }

    /// Which elements belong together: those of a longest common part, and between these in order.
    private static func pairs(_ old: [ValueTree], _ new: [ValueTree]) -> [(old: Int?, new: Int?)] {
        var pairs: [(old: Int?, new: Int?)] = []
        var (at, other) = (0, 0)
        func fill(_ end: Int, _ otherEnd: Int) {
            while at < end || other < otherEnd {
                pairs.append((at < end ? at : nil, other < otherEnd ? other : nil))
                at = min(at + 1, end)
                other = min(other + 1, otherEnd)
            }
        }
        for (index, partner) in common(old, new) {
            fill(index, partner)
            pairs.append((index, partner))
            (at, other) = (index + 1, partner + 1)
        }
        fill(old.count, new.count)
        return pairs
    }

    /// The places of a longest common part, in both lists.
    private static func common(_ old: [ValueTree], _ new: [ValueTree]) -> [(Int, Int)] {
        guard old.count * new.count <= mostComparisons else {
            return (0..<min(old.count, new.count)).filter { old[$0].form == new[$0].form }
                .map { ($0, $0) }
        }
        let width = new.count + 1
        var lengths = [Int32](repeating: 0, count: (old.count + 1) * width)
        for row in stride(from: old.count - 1, through: 0, by: -1) {
            for column in stride(from: new.count - 1, through: 0, by: -1) {
                lengths[row * width + column] =
                    old[row].form == new[column].form
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var found: [(Int, Int)] = []
        var (row, column) = (0, 0)
        while row < old.count, column < new.count {
            if old[row].form == new[column].form {
                found.append((row, column))
                (row, column) = (row + 1, column + 1)
            } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
        return found
    }

    // MARK: Lines

    private mutating func both(_ old: ValueTree?, _ new: ValueTree?, _ place: Place) {
        switch (old, new) {
        case (let old?, let new?): compare(old, new, place)
        case (let old?, nil): print(old, .gone, place)
        case (nil, let new?): print(new, .new, place)
        case (nil, nil): break
        }
    }

    private mutating func print(
        _ value: ValueTree, _ sign: ValueDiff.Line.Sign, _ place: Place
    ) {
        guard value.isNested else { return line(sign, value.line, place) }
        switch value.body {
        case .object(let members):
            open("{", place, sign)
            for (index, member) in members.enumerated() {
                let label = String(decoding: JSONWriter.quoted(member.key), as: UTF8.self) + ": "
                let isLast = index == members.count - 1
                print(
                    member.value, sign, place.inner(label, Self.step(member.key), isLast: isLast))
            }
            close("}", place, sign)
        case .array(let elements):
            open("[", place, sign)
            for (index, element) in elements.enumerated() {
                let isLast = index == elements.count - 1
                print(element, sign, place.inner("", "[\(index)]", isLast: isLast))
            }
            close("]", place, sign)
        case .string, .word: break
        }
    }

    private mutating func open(
        _ bracket: String, _ place: Place, _ sign: ValueDiff.Line.Sign = .same
    ) {
        var place = place
        place.comma = ""
        line(sign, bracket, place)
    }

    private mutating func close(
        _ bracket: String, _ place: Place, _ sign: ValueDiff.Line.Sign = .same
    ) {
        var place = place
        place.label = ""
        line(sign, bracket, place)
    }

    private mutating func line(_ sign: ValueDiff.Line.Sign, _ text: String, _ place: Place) {
        let blanks = String(repeating: "  ", count: place.depth)
        lines.append(
            ValueDiff.Line(
                sign: sign, text: blanks + place.label + text + place.comma, path: place.path))
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
