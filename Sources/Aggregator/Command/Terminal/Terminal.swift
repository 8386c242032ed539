import Machine

/// What people read on a terminal.
enum Terminal {
    /// Text that came from elsewhere, with control characters made visible, on one line.
    static func plain(_ text: String) -> String { escaped(text) { _ in false } }

    /// The same for text of several lines: its line feeds and tabs stay.
    static func lines(_ text: String) -> String {
        escaped(text) { $0 == "\n" || $0 == "\t" }
    }

    /// The first line that says something.
    static func firstLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first { line in
            line.contains { !$0.isWhitespace }
        }
        return line.map { plain(String($0.drop(while: \.isWhitespace))) } ?? ""
    }

    private static func escaped(
        _ text: String, except isAllowed: (Unicode.Scalar) -> Bool
    ) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) && !isAllowed($0) }) else {
            return text
        }
        var safe = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar), !isAllowed(scalar) {
                safe += "\\x" + String(scalar.value, radix: 16)
            } else {
                safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028
            || scalar.value == 0x2029
    }
}
