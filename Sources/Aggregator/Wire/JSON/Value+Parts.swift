extension Value {
    /// The members of an object in order, repeated keys included; nothing for any other kind.
    package var members: Members { Members(self) }

    /// The elements of an array in order; nothing for any other kind.
    package var elements: Elements { Elements(self) }

    /// The members of an object.
    package struct Members: Sequence, IteratorProtocol {
        private let object: Value
        private var at: Int

        /// The members of `object`, from the first.
        init(_ object: Value) {
            self.object = object
            at = object.kind == .object ? object.lower + 1 : object.upper
        }

        /// The next member; nil after the last one.
        package mutating func next() -> (key: Value, value: Value)? {
            guard let key = object.part(from: &at), let value = object.part(from: &at) else {
                return nil
            }
            return (key, value)
        }
    }

    /// The elements of an array.
    package struct Elements: Sequence, IteratorProtocol {
        private let array: Value
        private var at: Int

        /// The elements of `array`, from the first.
        init(_ array: Value) {
            self.array = array
            at = array.kind == .array ? array.lower + 1 : array.upper
        }

        /// The next element; nil after the last one.
        package mutating func next() -> Value? { array.part(from: &at) }
    }

    /// The next value after white space, commas and colons; nil at the closing bracket.
    private func part(from at: inout Int) -> Value? {
        range(from: &at, bytes.span).map { Value(bytes, Extent($0)) }
    }

    /// Where that lies.
    private func range(from at: inout Int, _ source: Span<UInt8>) -> Range<Int>? {
        while at < upper - 1 {
            switch source.byte(at) {
            case 0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x3A:
                at += 1
            default:
                let end = Swift.min(skipValue(source, from: at), upper)
                guard end > at else { return nil }
                defer { at = end }
                return at..<end
            }
        }
        return nil
    }

    /// The first member whose key, unescaped, is `key`; nil when there is none or it is no object.
    package subscript(_ key: String) -> Value? {
        guard kind == .object else { return nil }
        let source = bytes.span
        let expected = key.utf8.span
        var at = lower + 1
        while let name = range(from: &at, source), let value = range(from: &at, source) {
            let content = name.lowerBound + 1..<name.upperBound - 1
            if Self.spells(source, content, expected) { return Value(bytes, Extent(value)) }
        }
        return nil
    }
}

/// The offset after a value of a text that is well formed: only strings and brackets matter.
func skipValue(_ source: Span<UInt8>, from start: Int) -> Int {
    var at = start
    var depth = 0
    while at < source.count {
        switch source.byte(at) {
        case 0x22:
            at = skipString(source, from: at + 1)
            if depth == 0 { return at }
        case 0x7B, 0x5B:
            depth += 1
            at += 1
        case 0x7D, 0x5D:
            if depth == 0 { return at }
            depth -= 1
            at += 1
            if depth == 0 { return at }
        case 0x2C, 0x3A, 0x20, 0x0A, 0x0D, 0x09:
            if depth == 0 { return at }
            at += 1
        default:
            at += 1
        }
    }
    return at
}

/// The offset after the closing quote of a well-formed string whose content starts at `start`.
func skipString(_ source: Span<UInt8>, from start: Int) -> Int {
    var at = start
    while at < source.count {
        let word = source.word(at)
        let hits = marks(of: 0x22, in: word) | marks(of: 0x5C, in: word)
        if hits == 0 {
            at += 8
            continue
        }
        at += place(of: hits)
        if source.byte(at) == 0x22 { return at + 1 }
        at += 2
    }
    return source.count
}
