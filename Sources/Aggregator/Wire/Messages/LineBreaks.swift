extension [UInt8] {
    /// Whether a carriage return or line feed is among the bytes.
    var hasLineBreaks: Bool { span.lineBreak(from: 0, to: count) != nil }

    /// Appends a part of another array, without its raw line breaks if need be.
    @inline(__always)
    mutating func append(_ source: [UInt8], _ range: Range<Int>, withoutBreaks: Bool) {
        if withoutBreaks {
            appendUnbroken(source, range)
        } else {
            append(source, range)
        }
    }

    /// Appends everything but carriage returns and line feeds, run by run.
    private mutating func appendUnbroken(_ source: [UInt8], _ range: Range<Int>) {
        var at = range.lowerBound
        while let feed = source.span.lineBreak(from: at, to: range.upperBound) {
            append(source, at..<feed)
            at = feed + 1
        }
        append(source, at..<range.upperBound)
    }
}

extension Span where Element == UInt8 {
    /// The offset of the first carriage return or line feed in a range.
    func lineBreak(from lower: Int, to upper: Int) -> Int? {
        var at = lower
        while at < upper {
            let word = word(at)
            let hits = marks(of: 0x0A, in: word) | marks(of: 0x0D, in: word)
            if hits != 0 {
                at += place(of: hits)
                return at < upper ? at : nil
            }
            at += 8
        }
        return nil
    }
}
