import Testing

@testable import Sandbox

@Suite struct ErrorTextTests {
    private static func shown(_ message: String, of program: String = ".") -> String {
        ErrorText(Program(program)).shown(Array(message.utf8))
    }

    @Test(
        "libjq's own errors lose the values that they quote",
        arguments: [
            (#"Cannot iterate over string ("secret")"#, "Cannot iterate over string"),
            (
                #"string ("secret") and number (42) cannot be added"#,
                "string and number cannot be added"
            ),
            (
                #"string ("a) b (secret") cannot be parsed as a number"#,
                "string cannot be parsed as a number"
            ),
            (
                #"string (") and number (1) cannot be added") and null (null) cannot be added"#,
                "string and number cannot be added"
            ),
            (
                #"object ({"k":"secret...) is not valid in a csv row"#,
                "object is not valid in a csv row"
            ),
            (#"Cannot use number (7) as object key"#, "Cannot use number as object key"),
            (#"Cannot index number with "secret""#, #"Cannot index number with "…""#),
            (
                #"Cannot index number with string "secret""#,
                #"Cannot index number with string "…""#
            ),
            (
                #"Cannot index number with string ("secret")"#,
                #"Cannot index number with string ("…")"#
            ),
            (#"Cannot index array with object ({"a":"sec...)"#, "Cannot index array with object"),
            (#"null (null) has no keys"#, "null has no keys"),
            (#"object ({"a":"secret"}) not a string or array"#, nil),
            ("object not a string or array", "object not a string or array"),
            (#"date "secret" does not match format "%Y""#, #"date "…" does not match format "…""#),
            ("secret is not a valid modifier string", "… is not a valid modifier string"),
            ("Regex failure: undefined name <secret> reference", "Regex failure: …"),
            (
                "Invalid literal at line 1, column 5 (while parsing 'note: secret')",
                "Invalid literal (while parsing a text)"
            ),
            (
                "Unfinished JSON term at EOF at line 1, column 9 (while parsing '[\"secret\"')",
                "Unfinished JSON term (while parsing a text)"
            ),
            (
                "Invalid path expression with result [\"secret\"]",
                "Invalid path expression with result …"
            ),
            ("secret", nil), ("Invalid literal: secret", nil), ("string (secret) is mine", nil),
            ("Cannot iterate over secret", nil), ("break", "break"), ("break secret", nil),
        ])
    func values(_ message: String, _ expected: String?) {
        #expect(Self.shown(message) == expected ?? ErrorText.hidden)
    }

    @Test("what stands in the program is shown, and nothing of what is put into it")
    func words() {
        let program = #"""
            # "not a text
            if .a > 1 then error("no such unit (yet)") else
            error("unit \(.unit | tostring + ")") of \(.n) \u00e4\n") end | error("\(.x)") | .city
            """#
        func shown(_ message: String) -> String { Self.shown(message, of: program) }
        #expect(shown("no such unit (yet)") == "no such unit (yet)")
        #expect(shown("no such unit (yet) or secret") == ErrorText.hidden)
        #expect(shown("unit secret of 3 ä\n") == "unit … of … ä\n")
        #expect(shown("unit secret of 3") == ErrorText.hidden)
        #expect(shown("secret") == ErrorText.hidden)
        #expect(shown("not a text") == ErrorText.hidden)
        #expect(shown(#"Cannot index number with "city""#) == #"Cannot index number with "city""#)
        #expect(shown("") == "it raised an error without words")
    }

    @Test("the words of a condition are its author's, too")
    func condition() {
        let text = ErrorText(Program(".", when: "error(\"only on Mondays\")"))
        #expect(text.shown(Array("only on Mondays".utf8)) == "only on Mondays")
    }

    @Test("what is shown has a length")
    func length() {
        let long = String(repeating: "x", count: 9000)
        #expect(Self.shown(long, of: "error(\"\(long)\")").count == ErrorText.limit)
        #expect(ErrorText.short(Array(long.utf8)).count == ErrorText.limit)
    }

    @Test(
        "a text of any make has its words found, whole or not",
        arguments: ["\"\\(\"\\(\"", "\"a\\", "\"\\(", "(\"", "\\(", "\"\\(\"in\")out\""])
    func cut(_ program: String) {
        for end in program.indices {
            #expect(Self.shown("secret", of: String(program[..<end])) == ErrorText.hidden)
        }
    }

    @Test(
        "a complaint is taken apart, whichever version it comes from",
        arguments: [
            (
                "jq: error: foo/1 is not defined at <top-level>, line 4:\nfoo(1)",
                "foo/1 is not defined",
                3 as UInt32
            ),
            (
                "jq: error: syntax error, unexpected '|' (Unix shell quoting issues?) at "
                    + "<top-level>, line 2:\n.a | | .b", "unexpected '|'", 1
            ),
            (
                "jq: error: syntax error, unexpected end of file at <top-level>, line 2, column 5:"
                    + "\n    .a |\n        ^", "unexpected end of file", 1
            ),
            ("jq: error: something else", "something else", 0),
            ("", "libjq does not compile it", 0),
        ])
    func complaint(_ text: String, _ reason: String, _ line: UInt32) {
        let lines = text.isEmpty ? [] : [text, "jq: 1 compile error"]
        #expect(
            Complaint.refusal(of: 5, lines, linesBefore: 1)
                == Report.Refusal(rule: 5, line: line, reason: reason))
    }
}
