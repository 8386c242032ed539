extension Draft {
    /// Appends the message as it now stands, without a newline at its end and without any inside.
    ///
    /// A raw line break can only stand between tokens, where it means nothing, and would cut the
    /// message in two on a line transport.
    package func write(into buffer: inout [UInt8]) {
        let source = message.bytes
        guard let edits else {
            makeRoom(source.count, in: &buffer)
            return buffer.append(source[...], message.hasLineBreaks)
        }
        guard !edits.patch.hasLineBreaks else { return writeUnbroken(edits, into: &buffer) }
        makeRoom(source.count + edits.patch.count, in: &buffer)
        var at = 0
        for index in 0..<edits.count {
            let splice = edits[index]
            buffer.append(source[at..<Int(splice.lower)], message.hasLineBreaks)
            edits.patch.write(Int(splice.from)..<Int(splice.to), into: &buffer)
            at = Int(splice.upper)
        }
        buffer.append(source[at...], message.hasLineBreaks)
    }

    /// Appends the message as `write(into:)` does, with a number of this hop's own in the place of its
    /// id and of its progress token; neither may have been spliced.
    ///
    /// What is sent to an upstream differs from hop to hop in just these, so they cost no copy.
    package func write(numbered number: Int, into buffer: inout [UInt8]) {
        guard edits?.patch.hasLineBreaks != true, !message.hasLineBreaks else {
            var copy = self
            if let id = message.id { copy.replace(id, withInteger: number) }
            if let token = message.progressToken { copy.replace(token, withInteger: number) }
            return copy.write(into: &buffer)
        }
        makeRoom(message.bytes.count + (edits?.patch.count ?? 0) + 40, in: &buffer)
        var walk = Walk(draft: self)
        let isTokenFirst = (message.progressToken?.lower ?? .max) < (message.id?.lower ?? 0)
        let first = isTokenFirst ? message.progressToken : message.id
        let second = isTokenFirst ? message.id : message.progressToken
        walk.write(number, at: first, into: &buffer)
        walk.write(number, at: second, into: &buffer)
        walk.copy(to: message.bytes.count, into: &buffer)
    }

    /// A place in a draft that is being written front to back.
    private struct Walk {
        let draft: Draft
        var at = 0
        var index = 0

        /// Writes what comes before an extent, then a number instead of it.
        mutating func write(_ number: Int, at extent: Extent?, into buffer: inout [UInt8]) {
            guard let extent else { return }
            copy(to: Int(extent.lower), into: &buffer)
            appendDecimal(number, to: &buffer)
            at = Int(extent.upper)
        }

        /// Writes everything up to a place, as the splices before it want it.
        mutating func copy(to place: Int, into buffer: inout [UInt8]) {
            let source = draft.message.bytes
            if let edits = draft.edits {
                while index < edits.count, Int(edits[index].lower) < place {
                    let splice = edits[index]
                    buffer.append(contentsOf: source[at..<Int(splice.lower)])
                    edits.patch.write(Int(splice.from)..<Int(splice.to), into: &buffer)
                    at = Int(splice.upper)
                    index += 1
                }
            }
            buffer.append(contentsOf: source[at..<place])
            at = place
        }
    }

    /// The rare case that what was put in has line breaks.
    private func writeUnbroken(_ edits: Edits, into buffer: inout [UInt8]) {
        var patch: [UInt8] = []
        edits.patch.write(0..<edits.patch.count, into: &patch)
        makeRoom(message.bytes.count + patch.count, in: &buffer)
        var at = 0
        for index in 0..<edits.count {
            let splice = edits[index]
            buffer.append(message.bytes[at..<Int(splice.lower)], true)
            buffer.append(patch[Int(splice.from)..<Int(splice.to)], true)
            at = Int(splice.upper)
        }
        buffer.append(message.bytes[at...], true)
    }

    /// Asking for the exact size each time would copy a growing buffer each time.
    private func makeRoom(_ count: Int, in buffer: inout [UInt8]) {
        let needed = buffer.count + count
        if buffer.capacity < needed { buffer.reserveCapacity(max(needed, 2 * buffer.capacity)) }
    }

    /// Appends the message with one extent replaced, as an answer's id is, without making a draft.
    package static func write(
        _ message: Message, replacing extent: Extent, with bytes: ArraySlice<UInt8>,
        into buffer: inout [UInt8]
    ) {
        let source = message.bytes
        buffer.append(source[..<Int(extent.lower)], message.hasLineBreaks)
        buffer.append(contentsOf: bytes)
        buffer.append(source[Int(extent.upper)...], message.hasLineBreaks)
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
