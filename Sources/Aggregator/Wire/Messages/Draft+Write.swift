extension Draft {
    /// Appends the message as it now stands, without a newline at its end and without any inside.
    ///
    /// A raw line break can only stand between tokens, where it means nothing, and would cut the
    /// message in two on a line transport.
    package func write(into buffer: inout [UInt8]) {
        let source = message.bytes
        let dropsBreaks = message.hasLineBreaks || patchHasLineBreaks
        let needed = buffer.count + source.count + patch.count
        // Asking for the exact size each time would copy a growing buffer each time.
        if buffer.capacity < needed { buffer.reserveCapacity(max(needed, 2 * buffer.capacity)) }
        var at = 0
        for index in 0..<count {
            let splice = self[index]
            buffer.append(source[at..<Int(splice.lower)], dropsBreaks)
            buffer.append(patch[Int(splice.from)..<Int(splice.to)], dropsBreaks)
            at = Int(splice.upper)
        }
        buffer.append(source[at...], dropsBreaks)
    }

    /// The message as it now stands.
    package var bytes: [UInt8] {
        if isUnchanged && !message.hasLineBreaks { return message.bytes }
        var bytes: [UInt8] = []
        write(into: &bytes)
        return bytes
    }
}

extension [UInt8] {
    @inline(__always)
    fileprivate mutating func append(_ part: ArraySlice<UInt8>, _ dropsBreaks: Bool) {
        if dropsBreaks {
            append(withoutLineBreaks: part)
        } else {
            append(contentsOf: part)
        }
    }

    /// Appends everything but carriage returns and line feeds, run by run.
    private mutating func append(withoutLineBreaks part: ArraySlice<UInt8>) {
        let source = part.span
        var run = 0
        var at = 0
        while at < source.count {
            let word = source.word(at)
            let hits = marks(of: 0x0A, in: word) | marks(of: 0x0D, in: word)
            if hits == 0 {
                at += 8
                continue
            }
            at += place(of: hits)
            append(contentsOf: part[(part.startIndex + run)..<(part.startIndex + at)])
            at += 1
            run = at
        }
        append(contentsOf: part[(part.startIndex + run)...])
    }
}
