import TestSupport

/// Makes inputs that are almost right.
package struct Mutator {
    private var random: SplitMix
    private let corpus: Corpus

    /// A mutator whose inputs follow from `seed` and what they start from.
    package init(seed: UInt64, _ corpus: Corpus = .messages) {
        random = SplitMix(seed)
        self.corpus = corpus
    }

    /// The next input: one of the corpus, changed in a few places.
    package mutating func next() -> [UInt8] {
        var line = corpus.lines[random.index(corpus.lines.count)]
        for _ in 0..<random.index(4) { mutate(&line) }
        return line
    }

    private mutating func mutate(_ line: inout [UInt8]) {
        let at = random.index(line.count + 1)
        let length = min(line.count - at, 1 + random.index(8))
        switch random.index(9) {
        case 0: line.removeSubrange(at..<(at + length))
        case 1: line.insert(contentsOf: line[at..<(at + length)], at: at)
        case 2: line.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
        case 3: if at < line.count { line[at] ^= 1 << UInt8(random.index(8)) }
        case 4: line.removeSubrange(at...)
        case 5: line.insert(contentsOf: corpus.pieces[random.index(corpus.pieces.count)], at: at)
        case 6: splice(&line, at)
        default: replaceToken(&line, from: at)
        }
    }

    /// Goes on with the end of another line.
    private mutating func splice(_ line: inout [UInt8], _ at: Int) {
        let other = corpus.lines[random.index(corpus.lines.count)]
        line = Array(line[..<at] + other[random.index(other.count)...])
    }

    /// Puts another piece in the place of what stands between two structural bytes.
    private mutating func replaceToken(_ line: inout [UInt8], from at: Int) {
        guard let start = line[at...].firstIndex(where: corpus.marks.contains) else { return }
        let end = line[(start + 1)...].firstIndex(where: corpus.marks.contains) ?? line.count
        line.replaceSubrange(
            (start + 1)..<end, with: corpus.pieces[random.index(corpus.pieces.count)])
    }
}
