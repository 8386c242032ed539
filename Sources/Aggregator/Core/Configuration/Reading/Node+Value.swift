package import Wire

extension Node {
    /// A JSON text as a document of the configuration, whose shapes can then read it; throws what
    /// is wrong with the text, and where.
    ///
    /// YAML would not do: it reads no surrogate pairs, and knows more spellings of numbers.
    package init(json text: [UInt8]) throws(Diagnostics) {
        let lines = Lines(text)
        do throws(Rejection) {
            self = Self(try Value(validating: text), lines)
        } catch {
            let offset = Lines.offset(in: error.reason) ?? 0
            throw Diagnostics([Diagnostic(Lines.words(error.reason), at: lines.mark(offset))])
        }
    }

    private init(_ value: Value, _ lines: Lines) {
        let mark = lines.mark(value.extent.range.lowerBound)
        switch value.kind {
        case .object:
            let entries = value.members.map { key, value in
                Entry(
                    key: key.string ?? "", at: lines.mark(key.extent.range.lowerBound),
                    value: Self(value, lines))
            }
            self.init(.mapping(entries), at: mark)
        case .array:
            self.init(.sequence(value.elements.map { Self($0, lines) }), at: mark)
        case .string:
            self.init(.scalar(Scalar(value.string ?? "", isQuoted: true)), at: mark)
        case .number, .true, .false, .null:
            let word = String(decoding: value.raw, as: UTF8.self)
            self.init(.scalar(Scalar(word, isQuoted: false)), at: mark)
        }
    }
}

/// Where the lines of a text begin.
private struct Lines {
    private let text: [UInt8]
    private var starts = [0]

    init(_ text: [UInt8]) {
        self.text = text
        for (index, byte) in text.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(index + 1)
        }
    }

    /// The line and column of an offset; columns in characters.
    func mark(_ offset: Int) -> Node.Mark {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let before = text[starts[low]..<min(max(offset, starts[low]), text.count)]
        return Node.Mark(line: low + 1, column: before.count { $0 & 0xC0 != 0x80 } + 1)
    }

    /// The sentence of a rejection as one of a diagnostic.
    static func words(_ reason: String) -> String {
        String(reason.hasSuffix(".") ? reason.dropLast() : reason[...])
    }

    /// The offset that the sentence of a rejection names.
    static func offset(in reason: String) -> Int? {
        guard let place = reason.firstRange(of: "offset ") ?? reason.firstRange(of: "byte ") else {
            return nil
        }
        return Int(reason[place.upperBound...].prefix { $0.isNumber })
    }
}
