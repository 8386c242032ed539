/// Finds the known word that somebody may have meant.
package enum Suggestion {
    /// A longer word is no slip, and comparing it would take its time.
    private static let longest = 64

    /// The nearest of the known words, when it is near enough to be a slip.
    package static func nearest(to word: String, among known: [String]) -> String? {
        let letters = plain(word)
        guard letters.count <= longest else { return nil }
        let near = known.map { (word: $0, distance: distance(letters, plain($0))) }
            .filter { $0.distance <= max(1, letters.count / 3) }
        return near.min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
    }

    /// `; did you mean 'command'?`, or nothing.
    package static func question(for word: String, among known: [String]) -> String {
        nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// `max_length`, `max-length` and `maxLength` are the same slip.
    private static func plain(_ word: String) -> [UInt8] {
        word.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
    }

    /// The edits between two words: insert, remove, replace, or swap two neighbours.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var older = [Int](repeating: 0, count: other.count + 1)
        var old = Array(0...other.count)
        for (row, letter) in one.enumerated() {
            var new = [row + 1]
            for (column, candidate) in other.enumerated() {
                let replaced = old[column] + (letter == candidate ? 0 : 1)
                var best = min(old[column + 1] + 1, new[column] + 1, replaced)
                let isSwap =
                    row > 0 && column > 0 && letter == other[column - 1]
                    && one[row - 1] == candidate
                if isSwap { best = min(best, older[column - 1] + 1) }
                new.append(best)
            }
            (older, old) = (old, new)
        }
        return old[other.count]
    }
}
