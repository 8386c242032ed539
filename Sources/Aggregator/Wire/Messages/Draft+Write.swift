extension Draft {
    /// Appends the message as it now stands, without a newline at its end and without any inside.
    ///
    /// A raw line break can only stand between tokens, where it means nothing, and would cut the
    /// message in two on a line transport.
    package func write(into buffer: inout [UInt8]) {
        if case .many(let edits) = changes, edits.patch.hasLineBreaks {
            return writeUnbroken(edits, into: &buffer)
        }
        makeRoom(message.bytes.count + patchCount, in: &buffer)
        var cursor = Cursor()
        finish(&cursor, into: &buffer)
    }

    /// Appends the message as `write(into:)` does, with a number of this hop's own in the place of its
    /// id and of its progress token; neither may have been spliced.
    ///
    /// What is sent to an upstream differs from hop to hop in just these, so they cost no copy.
    package func write(numbered number: Int, into buffer: inout [UInt8]) {
        if case .many(let edits) = changes, edits.patch.hasLineBreaks {
            var copy = self
            if let id = message.id { copy.replace(id, withInteger: number) }
            if let token = message.progressToken { copy.replace(token, withInteger: number) }
            return copy.write(into: &buffer)
        }
        makeRoom(message.bytes.count + patchCount + 40, in: &buffer)
        if case .one(let extent, let bytes) = changes, writeUsual(number, extent, bytes, &buffer) {
            return
        }
        let isTokenFirst = (message.progressToken?.lower ?? .max) < (message.id?.lower ?? 0)
        let first = isTokenFirst ? message.progressToken : message.id
        let second = isTokenFirst ? message.id : message.progressToken
        var cursor = Cursor()
        write(number, at: first, &cursor, into: &buffer)
        write(number, at: second, &cursor, into: &buffer)
        finish(&cursor, into: &buffer)
    }

    /// The same for what nearly every call is: a name is spliced behind the id, and nothing else.
    private func writeUsual(
        _ number: Int, _ extent: Extent, _ bytes: [UInt8], _ buffer: inout [UInt8]
    ) -> Bool {
        guard let id = message.id, id.upper <= extent.lower, message.progressToken == nil,
            !message.hasLineBreaks
        else { return false }
        let source = message.bytes
        buffer.append(source, 0..<Int(id.lower))
        appendDecimal(number, to: &buffer)
        buffer.append(source, Int(id.upper)..<Int(extent.lower))
        buffer.append(bytes, 0..<bytes.count)
        buffer.append(source, Int(extent.upper)..<source.count)
        return true
    }

    /// Appends the message with one extent replaced, as an answer's id is, without making a draft.
    package static func write(
        _ message: Message, replacing extent: Extent, with bytes: ArraySlice<UInt8>,
        into buffer: inout [UInt8]
    ) {
        let source = message.bytes
        let drops = message.hasLineBreaks
        buffer.append(source, 0..<Int(extent.lower), withoutBreaks: drops)
        buffer.append(contentsOf: bytes)
        buffer.append(source, Int(extent.upper)..<source.count, withoutBreaks: drops)
    }

    /// The message as it now stands.
    package var bytes: [UInt8] {
        if isUnchanged && !message.hasLineBreaks { return message.bytes }
        var bytes: [UInt8] = []
        write(into: &bytes)
        return bytes
    }
}

extension Draft {
    /// A place in a draft that is being written front to back.
    private struct Cursor {
        /// Up to where the message is written.
        var at = 0
        /// How many splices are.
        var splices = 0
    }

    /// How many bytes the splices put in.
    private var patchCount: Int {
        switch changes {
        case .none: 0
        case .one(_, let bytes): bytes.count
        case .many(let edits): edits.patch.count
        }
    }

    /// Writes what comes before an extent, then a number instead of it.
    private func write(
        _ number: Int, at extent: Extent?, _ cursor: inout Cursor, into buffer: inout [UInt8]
    ) {
        guard let extent else { return }
        copy(to: Int(extent.lower), &cursor, into: &buffer)
        appendDecimal(number, to: &buffer)
        cursor.at = Int(extent.upper)
    }

    /// Writes everything up to a place, as the splices before it want it.
    private func copy(to place: Int, _ cursor: inout Cursor, into buffer: inout [UInt8]) {
        switch changes {
        case .none: break
        case .one(let extent, let bytes):
            if cursor.splices == 0, Int(extent.lower) < place {
                copyUnchanged(to: Int(extent.lower), &cursor, into: &buffer)
                buffer.append(bytes, 0..<bytes.count)
                cursor = Cursor(at: Int(extent.upper), splices: 1)
            }
        case .many(let edits):
            while cursor.splices < edits.count, Int(edits[cursor.splices].lower) < place {
                let splice = edits[cursor.splices]
                copyUnchanged(to: Int(splice.lower), &cursor, into: &buffer)
                edits.patch.write(Int(splice.from)..<Int(splice.to), into: &buffer)
                cursor = Cursor(at: Int(splice.upper), splices: cursor.splices + 1)
            }
        }
        copyUnchanged(to: place, &cursor, into: &buffer)
    }

    private func copyUnchanged(to place: Int, _ cursor: inout Cursor, into buffer: inout [UInt8]) {
        buffer.append(message.bytes, cursor.at..<place, withoutBreaks: message.hasLineBreaks)
        cursor.at = place
    }

    /// Writes the rest, with what is inserted at the very end.
    private func finish(_ cursor: inout Cursor, into buffer: inout [UInt8]) {
        copy(to: message.bytes.count, &cursor, into: &buffer)
        // Nothing is left of the message: what comes now are insertions behind it.
        switch changes {
        case .none: break
        case .one(_, let bytes): if cursor.splices == 0 { buffer.append(bytes, 0..<bytes.count) }
        case .many(let edits):
            for index in cursor.splices..<edits.count {
                edits.patch.write(Int(edits[index].from)..<Int(edits[index].to), into: &buffer)
            }
        }
    }

    /// The rare case that what was put in has line breaks.
    private func writeUnbroken(_ edits: Edits, into buffer: inout [UInt8]) {
        var patch: [UInt8] = []
        edits.patch.write(0..<edits.patch.count, into: &patch)
        let source = message.bytes
        makeRoom(source.count + patch.count, in: &buffer)
        var at = 0
        for index in 0..<edits.count {
            let splice = edits[index]
            buffer.append(source, at..<Int(splice.lower), withoutBreaks: true)
            buffer.append(patch, Int(splice.from)..<Int(splice.to), withoutBreaks: true)
            at = Int(splice.upper)
        }
        buffer.append(source, at..<source.count, withoutBreaks: true)
    }

    /// Asking for the exact size each time would copy a growing buffer each time.
    private func makeRoom(_ count: Int, in buffer: inout [UInt8]) {
        let needed = buffer.count + count
        if buffer.capacity < needed { buffer.reserveCapacity(max(needed, 2 * buffer.capacity)) }
    }
}
