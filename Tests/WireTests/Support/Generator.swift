/// Writes random messages, and beside each what it must look like after its id, name and token were
/// spliced and its line breaks dropped.
struct Generator {
    var random: Random
    /// The message.
    private(set) var source: [UInt8] = []
    /// The same after splicing.
    private(set) var expected: [UInt8] = []
    /// Where the parts lie that are spliced.
    private(set) var id = 0..<0
    private(set) var name = 0..<0
    private(set) var token = 0..<0

    private static let spaces: [[UInt8]] = [
        "", "", "", "", " ", "\n", "\r\n", "\t", "  \n   ", "         ",
    ]
    .map { Array($0.utf8) }
    private static let written = spaces.map { $0.filter { $0 != 0x0A && $0 != 0x0D } }
    private static let atoms: [[UInt8]] = [
        "0", "-0", "1", "1.0", "1E400", "-12.50e-3", "9223372036854775808", "true", "false", "null",
        "\"\"", "\"a\"", #""\u0000""#, #""\ud800""#, #""\/\"\\""#, "\"\u{2028}\u{2029}\"", "\"é😀\"",
        "\"a long text that needs more than two words, plainly\"", "[]", "{}", "[ ]", "{\t}",
        #""a long text, with an escape \n somewhere and an é as well""#,
    ].map { Array($0.utf8) }
    private static let keys: [[UInt8]] = [
        "\"a\"", "\"name\"", "\"id\"", "\"\"", "\"_meta\"", #""n\u0061me""#, "\"naïve key\"",
        "\"progressToken\"", "\"a\"",
    ].map { Array($0.utf8) }
    private static let tokens: [[UInt8]] = [
        "7", "\"t\"", "1.50", #""\u0074""#, "\"\"", "18446744073709551616",
    ].map { Array($0.utf8) }

    init(seed: Int) { random = Random(seed: seed) }

    /// Makes the next message.
    mutating func make() {
        source.removeAll(keepingCapacity: true)
        expected.removeAll(keepingCapacity: true)
        space()
        object([
            ("\"jsonrpc\"", { $0.put("\"2.0\"") }),
            ("\"method\"", { $0.put($0.random.pick(["\"tools/call\"", #""tools\/call""#])) }),
            ("\"id\"", { $0.id = $0.spliced("4711") }),
            ("\"params\"", { $0.params() }),
            ("\"x\"", { $0.value(depth: 0) }),
        ])
        space()
    }

    private mutating func params() {
        object([
            ("\"name\"", { $0.name = $0.spliced("\"new\"") }),
            ("\"arguments\"", { $0.value(depth: 0) }),
            ("\"other\"", { $0.value(depth: 1) }),
            (
                "\"_meta\"",
                { $0.object([("\"progressToken\"", { $0.token = $0.spliced("-1") })]) }
            ),
        ])
    }

    private mutating func object(_ members: [(String, (inout Generator) -> Void)]) {
        put("{")
        space()
        for (index, member) in members.shuffled(using: &random).enumerated() {
            if index > 0 { separator(",") }
            put(member.0)
            separator(":")
            member.1(&self)
        }
        space()
        put("}")
    }

    private mutating func value(depth: Int) {
        guard depth < 4, random.below(3) > 0 else { return put(random.pick(Self.atoms)) }
        let isObject = random.below(2) == 0
        put(isObject ? "{" : "[")
        space()
        for index in 0...random.below(4) {
            if index > 0 { separator(",") }
            if isObject {
                put(random.pick(Self.keys))
                separator(":")
            }
            value(depth: depth + 1)
        }
        space()
        put(isObject ? "}" : "]")
    }

    private mutating func separator(_ mark: String) {
        space()
        put(mark)
        space()
    }

    private mutating func put(_ text: String) { put(Array(text.utf8)) }

    private mutating func put(_ bytes: [UInt8]) {
        source.append(contentsOf: bytes)
        expected.append(contentsOf: bytes)
    }

    private mutating func space() {
        let space = random.below(Self.spaces.count)
        source.append(contentsOf: Self.spaces[space])
        expected.append(contentsOf: Self.written[space])
    }

    private mutating func spliced(_ replacement: String) -> Range<Int> {
        let start = source.count
        source.append(contentsOf: random.pick(Self.tokens))
        expected.append(contentsOf: replacement.utf8)
        return start..<source.count
    }
}
