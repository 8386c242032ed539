import Wire

extension Format<Text> {
    /// A string; what came from expansion is always one.
    package static let text = Self.scalar(.text(nil), show: { .text($0.written) }) {
        text, meaning in
        meaning == .string || text.isExpanded ? text : nil
    }

    /// A string that is not empty.
    package static let filled = Self.scalar(.text(.filled), show: { .text($0.written) }) {
        text, meaning in
        (meaning == .string || text.isExpanded) && !text.value.isEmpty ? text : nil
    }

    /// A token as a header carries it: visible ASCII without blanks.
    ///
    /// A line break at its end is none of it: files and variables that hold one token often have it.
    package static let token = Self(filled.schema, show: filled.show) { node, reading in
        guard let text = filled.read(node, &reading) else { return nil }
        let token = withoutLineBreak(text.value)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            reading.report(
                "\(reading.place ?? "the token") must be visible ASCII characters without blanks, "
                    + "as a header carries it", at: node.mark)
            return nil
        }
        if text.isExpanded { reading.conceal(token) }
        return Text(token, written: text.isExpanded ? text.written : token)
    }

    private static func withoutLineBreak(_ text: String) -> String {
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A string, or a number or truth value as it is written: arguments and variables.
    package static let word = Self.scalar(.word, show: { .text($0.written) }) { text, meaning in
        meaning == .null && !text.isExpanded ? nil : text
    }
}

extension Format<Text?> {
    /// A word, or null, which is a value of its own here.
    package static let wordOrNull = Self(
        .either([.word, .null]), show: { $0.flatMap(Format<Text>.word.show) }
    ) { node, reading in
        if let scalar = node.scalar, scalar.meaning == .null { return .some(nil) }
        return Format<Text>.word.read(node, &reading).map(Optional.some)
    }
}

extension Format<String> {
    /// A string whose value may be printed.
    package static let string = Format<Text>.text.map(\.value, back: { Text($0) })

    /// A string of a form.
    package static func string(
        _ form: Schema.Form, where fits: @escaping @Sendable (String) -> Bool
    ) -> Self {
        .scalar(.text(form), show: { .text($0) }) { text, meaning in
            let isText = meaning == .string || text.isExpanded
            return isText && fits(text.value) ? text.value : nil
        }
    }
}

extension Format<Bool> {
    /// `true` or `false`.
    package static let bool = Self.scalar(.bool, show: { .bool($0) }) { _, meaning in
        if case .bool(let value) = meaning { value } else { nil }
    }
}

extension Format<Int> {
    /// An integer of a range.
    package static func integer(_ range: ClosedRange<Int>) -> Self {
        .scalar(.integer(range), show: { .integer($0) }) { _, meaning in
            guard case .integer(let value) = meaning, range.contains(value) else { return nil }
            return value
        }
    }
}

extension Format where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words of an enumeration.
    package static var choice: Self {
        .scalar(
            .choice(Value.allCases.map(\.rawValue)), show: { .text($0.rawValue) },
            value: { text, _ in Value(rawValue: text.value) })
    }
}
