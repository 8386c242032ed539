import Testing

@testable import Sandbox

@Suite struct ErrorTextTests {
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
                #"object ({"k":"secret...) is not valid in a csv row"#,
                "object is not valid in a csv row"
            ),
            (#"Cannot use number (7) as object key"#, "Cannot use number as object key"),
            ("Cannot index number with \"a\"", "Cannot index number with \"a\""),
            (#"null (null) has no keys"#, "null has no keys"),
        ])
    func values(_ message: String, _ expected: String) {
        #expect(ErrorText.withoutValues(message) == expected)
    }

    @Test("what an author says is left as it is, up to a length")
    func words() {
        #expect(ErrorText.withoutValues("no such unit (yet)") == "no such unit (yet)")
        #expect(ErrorText.withoutValues(String(repeating: "x", count: 9000)).count == 500)
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
