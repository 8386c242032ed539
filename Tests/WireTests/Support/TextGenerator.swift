/// Writes random JSON texts: strings and numbers of all lengths, plainly and with what is special at
/// every place, on one tight line as most programs write, or with white space between tokens.
struct TextGenerator {
    var random: Random
    private var text: [UInt8] = []
    private var spaces = [""]

    private static let specials = [
        #"\n"#, #"\""#, #"\\"#, #"\u00e9"#, #"\ud800"#, "é", "\u{2028}", "😀", "\u{7F}", "/",
    ]
    /// What makes a difference somewhere in the grammar.
    private static let marks =
        Array("\"\\{}[]:,01e.-+tfnu \n\t\u{0}\u{1F}\u{7F}".utf8)
        + [0x80, 0xC3, 0xA9, 0xE2, 0xED, 0xF0, 0xFF]

    init(seed: Int) { random = Random(seed: seed) }

    /// A text with at most three levels.
    mutating func make() -> [UInt8] {
        text = []
        spaces = random.pick([[""], [""], ["", " ", "\n", "\t"], ["", "\r\n", "         "]])
        value(depth: 0)
        return text
    }

    /// The same text with a byte or two changed, added or left out.
    mutating func mutate(_ text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0...random.below(2) where !text.isEmpty {
            let at = random.below(text.count)
            let byte = random.pick(Self.marks)
            switch random.below(3) {
            case 0: text[at] = byte
            case 1: text.insert(byte, at: at)
            default: text.remove(at: at)
            }
        }
        return text
    }

    private mutating func value(depth: Int) {
        switch random.below(depth < 3 ? 8 : 5) {
        case 0, 1, 2: string()
        case 3: number()
        case 4: put(random.pick(["true", "false", "null", "{}", "[]", "0", "-0", "\"\""]))
        case 5: list("[", "]") { $0.value(depth: depth + 1) }
        default:
            list("{", "}") {
                $0.string()
                $0.mark(":")
                $0.value(depth: depth + 1)
            }
        }
    }

    private mutating func list(
        _ open: String, _ close: String, _ element: (inout TextGenerator) -> Void
    ) {
        mark(open)
        for index in 0...random.below(4) {
            if index > 0 { mark(",") }
            element(&self)
        }
        mark(close)
    }

    private mutating func string() {
        put("\"")
        // Mostly names, which are shorter than two words; now and then a text.
        let length = random.below(random.below(4) == 0 ? 80 : 17)
        let special = random.below(3) == 0 ? random.below(length + 1) : -1
        for index in 0...length {
            if index == special { put(random.pick(Self.specials)) }
            if index < length { text.append(0x61 + UInt8(random.below(26))) }
        }
        put("\"")
    }

    private mutating func number() {
        put(random.pick(["", "", "-"]))
        digits()
        if random.below(4) == 0 {
            put(".")
            digits()
        }
        if random.below(4) == 0 {
            put(random.pick(["e", "E", "e+", "E-"]))
            digits()
        }
    }

    /// Digits that may stand anywhere in a number: a zero is never the first of them.
    private mutating func digits() {
        text.append(0x31 + UInt8(random.below(9)))
        for _ in 0..<random.below(12) { text.append(0x30 + UInt8(random.below(10))) }
    }

    private mutating func mark(_ mark: String) {
        put(random.pick(spaces))
        put(mark)
        put(random.pick(spaces))
    }

    private mutating func put(_ text: String) { self.text.append(contentsOf: text.utf8) }
}
