import Machine
import Testing

@Suite struct ShellWordsTests {
    /// What Python 3 makes of the same texts with `shlex.split`.
    @Test(
        "a command is cut as Python's shlex cuts it",
        arguments: [
            ("python -u server.py", ["python", "-u", "server.py"]),
            ("  a\t b\n", ["a", "b"]), ("", []), ("   ", []),
            (#"a 'b c' "d e""#, ["a", "b c", "d e"]), (#"'' """#, ["", ""]),
            (#"a\ b c\\d"#, ["a b", #"c\d"#]), (#""a\"b\\c\d$x""#, [#"a"b\c\d$x"#]),
            (#"'a\b'"#, [#"a\b"#]), (#"x'y'"z"w"#, ["xyzw"]), ("a #b", ["a", "#b"]),
            ("sh -c 'echo \"é\"'", ["sh", "-c", "echo \"é\""]),
        ] as [(String, [String])])
    func words(text: String, words: [String]) throws {
        #expect(try ShellWords.split(text) == words)
    }

    @Test(
        "what is not closed is refused",
        arguments: [
            ("a 'b", ShellWords.Fault.quotation), (#"a "b"#, .quotation), (#"a "b\"#, .quotation),
            (#"a \"#, .escape),
        ])
    func faults(text: String, fault: ShellWords.Fault) {
        #expect(throws: fault) { try ShellWords.split(text) }
    }
}
