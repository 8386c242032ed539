/// A pattern in which `*` stands for any run of characters and `?` for any one.
package struct Glob: Sendable, Hashable {
    private let pattern: [Unicode.Scalar]

    /// A pattern as the configuration has it.
    package init(_ pattern: String) { self.pattern = Array(pattern.unicodeScalars) }

    /// Whether the whole text fits the pattern.
    package func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var at = 0
        var position = 0
        // Where to go on when the last `*` has to take one more character.
        var star: (pattern: Int, text: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == "*" {
                star = (at, position)
                at += 1
            } else if at < pattern.count,
                pattern[at] == "?" || pattern[at] == text[position]
            {
                at += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                at = last.pattern + 1
                position = last.text + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == "*" }
    }

    /// Whether some text that begins like this fits the pattern.
    package func matchesSome(beginningWith start: String) -> Bool {
        // Where the rest of the pattern may go on; what is left of it always fits some text.
        var places = afterStars([0])
        for scalar in start.unicodeScalars {
            var next: Set<Int> = []
            for place in places where place < pattern.count {
                if pattern[place] == "*" {
                    next.insert(place)
                } else if pattern[place] == "?" || pattern[place] == scalar {
                    next.insert(place + 1)
                }
            }
            places = afterStars(next)
        }
        return !places.isEmpty
    }

    /// These places, and those that follow when a `*` stands for nothing.
    private func afterStars(_ places: Set<Int>) -> Set<Int> {
        var all = places
        for start in places {
            var place = start
            while place < pattern.count, pattern[place] == "*" {
                place += 1
                all.insert(place)
            }
        }
        return all
    }
}
