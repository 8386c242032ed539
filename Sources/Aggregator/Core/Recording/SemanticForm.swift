import Wire

/// A form that is being written, and where in the document that is.
struct SemanticForm {
    private var writer = JSONWriter()
    private let ignored: [JSONPath]
    private var steps: [JSONPath.Step] = []

    /// A form without what stands in these places.
    init(without ignored: [JSONPath]) { self.ignored = ignored }

    var bytes: [UInt8] { writer.bytes }

    /// Writes a value, whose model may hold what was taken out of it.
    mutating func write(_ value: Value, like model: Value?) {
        if let model, let masked = Self.masked(value, model) { return writer.string(masked) }
        switch value.kind {
        case .object:
            let models = model?.kind == .object ? model : nil
            writer.beginObject()
            for (key, member) in Semantics.sorted(value) {
                steps.append(.member(key))
                if !isIgnored {
                    writer.key(key)
                    write(member, like: models?[key])
                }
                steps.removeLast()
            }
            writer.endObject()
        case .array: write(elements: value, like: model)
        case .string: writer.string(value.string ?? "")
        case .number: writer.raw(Self.number(value.raw))
        case .true, .false, .null: writer.raw(value.raw)
        }
    }

    private mutating func write(elements value: Value, like model: Value?) {
        let models = model?.kind == .array ? model.map { Array($0.elements) } ?? [] : []
        writer.beginArray()
        for (index, element) in value.elements.enumerated() {
            steps.append(.element(index))
            if !isIgnored {
                write(element, like: models.indices.contains(index) ? models[index] : nil)
            }
            steps.removeLast()
        }
        writer.endArray()
    }

    private var isIgnored: Bool { ignored.contains { $0.fits(steps) } }

    /// The model's text where it is the value's but for what was taken out.
    private static func masked(_ value: Value, _ model: Value) -> String? {
        guard model.kind == .string, value.kind != .object, value.kind != .array,
            let text = model.string, text.contains(RecordedLine.marker)
        else { return nil }
        let written = value.string ?? String(decoding: value.raw, as: UTF8.self)
        return fits(Array(written.utf8)[...], Array(text.utf8)) ? text : nil
    }

    /// Whether a text is another one with something in the place of each mark.
    private static func fits(_ text: ArraySlice<UInt8>, _ model: [UInt8]) -> Bool {
        let mark = Array(RecordedLine.marker.utf8)
        var pieces: [ArraySlice<UInt8>] = []
        var rest = model[...]
        while let place = rest.place(of: mark[...]) {
            pieces.append(rest[..<place])
            rest = rest[(place + mark.count)...]
        }
        guard let first = pieces.first, text.starts(with: first) else { return false }
        var left = text.dropFirst(first.count)
        for piece in pieces.dropFirst() {
            guard let place = left.place(of: piece) else { return false }
            left = left[(place + piece.count)...]
        }
        return left.count >= rest.count && left.suffix(rest.count).elementsEqual(rest)
    }

    /// A number without what does not change it: `1.0`, `10e-1` and `1` are `1`.
    private static func number(_ token: ArraySlice<UInt8>) -> [UInt8] {
        var digits: [UInt8] = []
        var exponent = 0
        var isNegative = false
        var isFraction = false
        var rest = token
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                // An exponent beyond all bounds is left as it is written.
                guard let number = Int(String(decoding: rest, as: UTF8.self)),
                    number.magnitude < 1 << 31
                else { return Array(token) }
                exponent += number
                rest = []
            default:
                if isFraction { exponent -= 1 }
                digits.append(byte)
            }
        }
        return written(digits, exponent, isNegative)
    }

    private static func written(
        _ digits: [UInt8], _ exponent: Int, _ isNegative: Bool
    ) -> [UInt8] {
        let zero = UInt8(ascii: "0")
        var exponent = exponent
        var digits = Array(digits.drop { $0 == zero })
        while digits.last == zero {
            digits.removeLast()
            exponent += 1
        }
        guard !digits.isEmpty else { return [zero] }
        var bytes = isNegative ? [UInt8(ascii: "-")] : []
        if (0...20).contains(exponent) {
            bytes += digits + [UInt8](repeating: zero, count: exponent)
        } else if exponent < 0, -exponent < digits.count {
            let point = digits.count + exponent
            bytes += digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
        } else if exponent < 0, -exponent <= digits.count + 20 {
            let gap = -exponent - digits.count
            bytes += Array("0.".utf8) + [UInt8](repeating: zero, count: gap) + digits
        } else {
            bytes += digits + Array("e\(exponent)".utf8)
        }
        return bytes
    }
}

extension ArraySlice<UInt8> {
    /// Where other bytes first stand in these.
    fileprivate func place(of part: ArraySlice<UInt8>) -> Int? {
        guard part.count <= count else { return nil }
        return (startIndex...(endIndex - part.count)).first { self[$0...].starts(with: part) }
    }
}
