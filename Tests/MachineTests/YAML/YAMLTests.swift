import Machine
import Testing
import Wire

@Suite struct YAMLTests {
    @Test("every node knows its line and column, counted from 1")
    func marks() throws {
        let root = try parse("server:\n  name: x\nlist:\n  - a\n  - [b, \"é\", c]\n")
        #expect(root.entries?.map(\.key) == ["server", "list"])
        #expect(root["server"]?["name"]?.mark == at(2, 9))
        #expect(root["server"]?.entries?.first?.mark == at(2, 3))
        #expect(root["list"]?.items?.last?.items?.map(\.mark) == [at(5, 6), at(5, 9), at(5, 14)])
    }

    @Test(
        "a plain scalar has its type of the core schema of YAML 1.2",
        arguments: [
            ("true", .bool(true)), ("False", .bool(false)), ("yes", .string), ("no", .string),
            ("on", .string), ("Off", .string), ("null", .null), ("~", .null), ("nil", .string),
            ("1", .integer(1)), ("-7", .integer(-7)), ("+7", .integer(7)), ("010", .integer(10)),
            ("0o17", .integer(15)), ("0x1F", .integer(31)), ("0x", .string), ("0x-1", .string),
            ("1.5", .number(1.5)), (".5", .number(0.5)), ("1.", .number(1)), ("1e3", .number(1000)),
            (".", .string), ("e3", .string), ("1e", .string), ("1_000", .string), ("", .null),
            (".inf", .number(.infinity)), ("-.INF", .number(-.infinity)), ("inf", .string),
            ("99999999999999999999", .number(1e20)), ("1:30", .string), ("2026-07-28", .string),
        ] as [(String, Node.Meaning)])
    func types(text: String, meaning: Node.Meaning) throws {
        #expect(try parse("k: \(text)")["k"]?.scalar?.meaning == meaning)
        #expect(try parse("k: \"\(text)\"")["k"]?.scalar?.meaning == .string)
    }

    @Test("a block and a text tagged !!str are strings whatever they say")
    func strings() throws {
        let root = try parse("a: |\n  true\nb: !!str 5\nc: ! 6\n")
        #expect(root.entries?.map(\.value.scalar?.meaning) == [.string, .string, .string])
        #expect(root["a"]?.scalar?.text == "true\n")
    }

    @Test("JSON is YAML")
    func json() throws {
        let root = try parse("{\n\t\"a\": [1, \"\\u00e9\\/\", null, {\"b\": 1e2}], \"c\": {}\n}\n")
        #expect(root["a"]?.items?.map(\.scalar?.text) == ["1", "é/", "null", nil])
        #expect(root["c"]?.entries == [])
    }

    @Test("an alias stands for its node, at the place where that is written")
    func aliases() throws {
        let root = try parse("a: &x { k: 1 }\nb: *x\n")
        #expect(root["b"] == root["a"])
        #expect(root["b"]?.mark == at(1, 4))
    }

    @Test(
        "an empty text is null, and so is one with comments only",
        arguments: ["", "# no\n", "---\n"])
    func empty(text: String) throws {
        #expect(try parse(text).scalar?.meaning == .null)
    }

    @Test("a byte-order mark is skipped")
    func byteOrderMark() throws {
        #expect(try parse("\u{FEFF}a: 1")["a"]?.scalar?.text == "1")
    }

    private func parse(_ text: String) throws -> Node {
        try YAML.parse(Array(text.utf8))
    }

    private func at(_ line: Int, _ column: Int) -> Node.Mark {
        Node.Mark(line: line, column: column)
    }
}
