import Machine
import Testing
import Wire

@Suite struct YAMLFailureTests {
    @Test(
        "what could mean two things is refused at its place",
        arguments: [
            ("a: 1\nb: 2\na: 3\n", 3, 1, "the key 'a' is already given on line 1"),
            ("a: {x: 1, \"x\": 2}", 1, 11, "the key 'x' is already given on line 1"),
            ("a: 1\n---\nb: 2\n", 2, 1, "a second document begins here; one file is one document"),
            (
                "x: &a {k: 1}\ny:\n  <<: *a\n", 3, 3,
                "merge keys ('<<') are not supported; write the keys out"
            ),
            ("a: !mine 1", 1, 4, "the tag '!mine' is not supported"),
            ("a: !!int 1", 1, 4, "the tag 'tag:yaml.org,2002:int' is not supported"),
            ("? [a]\n: 1", 1, 3, "a key must be a text"),
            ("a: *x", 1, 4, "the alias '*x' has no finished anchor before it"),
            ("a: &x [*x]", 1, 8, "the alias '*x' has no finished anchor before it"),
        ])
    func refused(text: String, line: Int, column: Int, reason: String) {
        #expect(throws: failure(reason, line, column)) { try YAML.parse(Array(text.utf8)) }
    }

    @Test(
        "what libyaml cannot read is an error at the place it names",
        arguments: [
            ("a: b: c", 1, 5, "mapping values are not allowed in this context"),
            ("a: [1, 2", 2, 1, "did not find expected ',' or ']' while parsing a flow sequence"),
            (
                "a:\n\t- b", 2, 1,
                "found character that cannot start any token while scanning for the next token"
            ),
            ("a: \"x", 1, 6, "found unexpected end of stream while scanning a quoted scalar"),
            ("a: 1\nbé: \u{1}", 2, 5, "control characters are not allowed"),
        ])
    func unreadable(text: String, line: Int, column: Int, reason: String) {
        #expect(throws: failure(reason, line, column)) { try YAML.parse(Array(text.utf8)) }
    }

    @Test("text that is not UTF-8 is refused")
    func encoding() {
        #expect(throws: failure("invalid leading UTF-8 octet", 1, 4)) {
            try YAML.parse(Array("a: ".utf8) + [0xFF])
        }
    }

    @Test("length, depth and the expansion of aliases are bounded")
    func bounds() {
        var limits = YAML.Limits()
        limits.bytes = 200
        limits.depth = 3
        limits.nodes = 20
        let laughs = "a: &a [1,2,3]\nb: &b [*a,*a]\nc: [*b,*b]\n"
        #expect(throws: failure("more than 20 values after expanding aliases", 3, 5)) {
            try YAML.parse(Array(laughs.utf8), limits: limits)
        }
        #expect(throws: failure("nested deeper than 3 levels", 1, 4)) {
            try YAML.parse(Array("[[[[1]]]]".utf8), limits: limits)
        }
        #expect(throws: failure("the document is longer than 200 bytes", 1, 1)) {
            try YAML.parse(Array(repeating: UInt8(ascii: "a"), count: 201), limits: limits)
        }
    }

    @Test("a document cut anywhere is read or refused, never a crash")
    func truncated() {
        let text = Array("a: &x {k: \"é\", l: [1, *y]}\nb:\n  - |\n    t\n  - ? q\n    : *x\n".utf8)
        for length in 0...text.count {
            _ = try? YAML.parse(Array(text[..<length]))
        }
    }

    private func failure(_ reason: String, _ line: Int, _ column: Int) -> YAML.Failure {
        YAML.Failure(reason, at: Node.Mark(line: line, column: column))
    }
}
