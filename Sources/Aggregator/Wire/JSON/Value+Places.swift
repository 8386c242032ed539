extension Value {
    /// The content of a string, unescaped, and where in `bytes` each part of it is written.
    package struct PlacedText: Sendable {
        /// UTF-8; an escaped surrogate without its partner is U+FFFD here.
        package let text: [UInt8]
        private let start: Int
        /// Where each byte of the text is written; nil when nothing is escaped.
        private let places: [Int32]?

        fileprivate init(text: [UInt8], start: Int, places: [Int32]?) {
            self.text = text
            self.start = start
            self.places = places
        }

        /// Where a range of the text, which begins and ends between two characters, is written.
        package func extent(of range: Range<Int>) -> Range<Int> {
            place(range.lowerBound)..<place(range.upperBound)
        }

        private func place(_ offset: Int) -> Int {
            guard let places else { return start + offset }
            return start + Int(places[offset])
        }
    }

    /// The content of a string with its places, so that a part of it can be replaced and the rest stay
    /// as it is spelled; nil when it is no string.
    package var placed: PlacedText? {
        guard kind == .string, let text else { return nil }
        let (start, end) = (lower + 1, upper - 1)
        guard text.count != end - start else {
            return PlacedText(text: text, start: start, places: nil)
        }
        let source = bytes.span
        var places: [Int32] = []
        places.reserveCapacity(text.count + 1)
        var at = start
        while at < end {
            let step = unescape(source, at: at)
            for _ in 0..<step.count { places.append(Int32(at - start)) }
            at += step.length
        }
        places.append(Int32(end - start))
        return PlacedText(text: text, start: start, places: places)
    }
}
