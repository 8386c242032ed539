extension EventParser {
    /// Takes a part of a line, without its end.
    mutating func read(_ bytes: Span<UInt8>, _ part: Range<Int>) throws(EventFault) {
        guard !part.isEmpty else { return }
        var at = part.lowerBound
        if case .start = position { position = .field }
        if case .field = position { readField(bytes, &at, part.upperBound) }
        if case .colon(let field) = position, at < part.upperBound {
            if bytes.byte(at) == 0x20 { at += 1 }
            position = .value(field)
            begin(field)
        }
        if case .value(let field) = position {
            try readValue(field, bytes, at..<part.upperBound)
        }
        lineCount += part.count
        if lineCount > limits.bytes { throw .tooLarge(limit: limits.bytes) }
    }

    private mutating func readField(_ bytes: Span<UInt8>, _ at: inout Int, _ end: Int) {
        while at < end {
            let byte = bytes.byte(at)
            at += 1
            if byte == 0x3A {
                position = .colon(field)
                return
            }
            if fieldCount < 8 { fieldWord |= UInt64(byte) << UInt64(8 * fieldCount) }
            fieldCount += 1
            if fieldCount > 8 {
                position = .value(.ignored)
                return
            }
        }
    }

    /// The field whose name has been read; a comment has an empty one.
    private var field: Field {
        switch fieldWord {
        case 0x6174_6164: .data
        case 0x74_6E65_7665: .name
        case 0x6469: .id
        case 0x79_7274_6572: .retry
        default: .ignored
        }
    }

    /// Another line of data is parted from the one before.
    private mutating func begin(_ field: Field) {
        switch field {
        case .data:
            if hasData { data.append(0x0A) }
            hasData = true
        case .name, .id, .retry: value.removeAll(keepingCapacity: true)
        case .ignored: break
        }
    }

    private mutating func readValue(_ field: Field, _ bytes: Span<UInt8>, _ part: Range<Int>)
        throws(EventFault)
    {
        switch field {
        case .data:
            if data.count + part.count > limits.bytes { throw .tooLarge(limit: limits.bytes) }
            makeRoom(part.count)
            data.append(bytes, part)
        case .name, .id, .retry:
            if value.count + part.count > limits.text { throw .textTooLong(limit: limits.text) }
            value.append(bytes, part)
        case .ignored: break
        }
    }

    /// Growing by half each time would copy a large event more often than need be.
    private mutating func makeRoom(_ count: Int) {
        let needed = data.count + count
        if data.capacity < needed { data.reserveCapacity(max(needed, 2 * data.capacity)) }
    }

    /// The line has ended; returns an event when it was the blank one behind it.
    mutating func endLine() throws(EventFault) -> ServerEvent? {
        defer {
            position = .start
            (fieldWord, fieldCount, lineCount) = (0, 0, 0)
        }
        switch position {
        case .start: return dispatch()
        // A line without a colon is a field without a value.
        case .field: end(field, isBegun: false)
        case .colon(let field): end(field, isBegun: false)
        case .value(let field): end(field, isBegun: true)
        }
        if data.count > limits.bytes { throw .tooLarge(limit: limits.bytes) }
        return nil
    }

    private mutating func end(_ field: Field, isBegun: Bool) {
        if !isBegun { begin(field) }
        switch field {
        case .data, .ignored: break
        case .name: name = String(decoding: value, as: UTF8.self)
        case .id: if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case .retry: retry = milliseconds ?? retry
        }
    }

    /// The value as a number of milliseconds, at most a day; nil when it is none.
    private var milliseconds: Duration? {
        guard !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let most = 86_400_000
        return .milliseconds(
            value.reduce(0) { min($0 * 10 + Int($1 & 0xF), most) })
    }

    private mutating func dispatch() -> ServerEvent? {
        defer {
            data = []
            hasData = false
            (name, id, retry) = (nil, nil, nil)
        }
        guard hasData || id != nil || retry != nil else { return nil }
        return ServerEvent(
            data: data, name: name.flatMap { $0.isEmpty ? nil : $0 }, id: id, retry: retry)
    }
}
