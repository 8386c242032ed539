extension Node {
    /// A scalar: its text, and whether quotes or a block made it a string whatever it says.
    package struct Scalar: Sendable, Hashable {
        package let text: String
        package let isQuoted: Bool

        /// A scalar with a text; a plain one is typed by what the text looks like.
        package init(_ text: String, isQuoted: Bool) {
            self.text = text
            self.isQuoted = isQuoted
        }

        /// What the scalar means.
        package var meaning: Meaning {
            isQuoted ? .string : Meaning(plain: text)
        }
    }

    /// The types of the core schema of YAML 1.2 (§10.3.2): `yes`, `no` and `on` are strings.
    package enum Meaning: Sendable, Hashable {
        case null
        case bool(Bool)
        case integer(Int)
        case number(Double)
        case string

        /// The meaning of a text without quotes.
        package init(plain text: String) {
            switch text {
            case "", "~", "null", "Null", "NULL": self = .null
            case "true", "True", "TRUE": self = .bool(true)
            case "false", "False", "FALSE": self = .bool(false)
            default: self = Self.number(text) ?? .string
            }
        }

        private static func number(_ text: String) -> Meaning? {
            let bytes = Array(text.utf8)
            if let integer = radixInteger(bytes) { return integer }
            if let special = special(text) { return .number(special) }
            guard let isInteger = decimalForm(bytes) else { return nil }
            if isInteger, let integer = Int(text) { return .integer(integer) }
            return Double(text).map(Meaning.number)
        }

        /// `0o17` and `0x1F`.
        private static func radixInteger(_ bytes: [UInt8]) -> Meaning? {
            guard bytes.count > 2, bytes[0] == UInt8(ascii: "0") else { return nil }
            let digits = String(decoding: bytes[2...], as: UTF8.self)
            guard digits.utf8.first != UInt8(ascii: "-"), digits.utf8.first != UInt8(ascii: "+")
            else { return nil }
            switch bytes[1] {
            case UInt8(ascii: "o"): return Int(digits, radix: 8).map(Meaning.integer)
            case UInt8(ascii: "x"): return Int(digits, radix: 16).map(Meaning.integer)
            default: return nil
            }
        }

        private static func special(_ text: String) -> Double? {
            switch text {
            case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .infinity
            case "-.inf", "-.Inf", "-.INF": -.infinity
            case ".nan", ".NaN", ".NAN": .nan
            default: nil
            }
        }

        /// Whether `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` is an integer; nil when
        /// the text does not have that form.
        private static func decimalForm(_ bytes: [UInt8]) -> Bool? {
            var rest = bytes[...]
            skipSign(&rest)
            let whole = skipDigits(&rest)
            guard !rest.isEmpty else { return whole > 0 ? true : nil }
            var fraction = 0
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                fraction = skipDigits(&rest)
            }
            guard whole + fraction > 0 else { return nil }
            if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
                rest.removeFirst()
                skipSign(&rest)
                guard skipDigits(&rest) > 0 else { return nil }
            }
            return rest.isEmpty ? false : nil
        }

        private static func skipSign(_ rest: inout ArraySlice<UInt8>) {
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
                rest.removeFirst()
            }
        }

        private static func skipDigits(_ rest: inout ArraySlice<UInt8>) -> Int {
            let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
            rest.removeFirst(digits)
            return digits
        }
    }
}
