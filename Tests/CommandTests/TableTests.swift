import Testing

@testable import manifold

@Suite struct TableTests {
    private var table: Table {
        var table = Table("NAME", "WORDS")
        table.add("a", "first")
        table.add(.init("longer\u{1B}[2J", .strong), "a rather long text that does not fit")
        table.add("b", "")
        return table
    }

    @Test("columns line up, control characters are shown, no line ends in blanks")
    func plain() {
        #expect(
            table.text(Ink(isOn: false)) == """
                NAME           WORDS
                a              first
                longer\\x1b[2J  a rather long text that does not fit
                b

                """)
    }

    @Test("only the last column is cut to the width of the terminal")
    func cut() {
        let lines = table.text(Ink(isOn: false), width: 38).split(separator: "\n")
        #expect(lines[2] == "longer\\x1b[2J  a rather long text th…")
    }

    @Test("colours do not count as width")
    func colours() {
        let lines = table.text(Ink(isOn: true)).split(separator: "\n")
        #expect(lines[1] == "a              first")
        #expect(lines[2].hasPrefix("\u{1B}[1mlonger\\x1b[2J\u{1B}[0m  a rather"))
    }

    @Test("text of several lines keeps its lines, and its first line is found")
    func lines() {
        #expect(Terminal.lines("a\n\tb\u{7}\r") == "a\n\tb\\x7\\xd")
        #expect(Terminal.plain("a\nb\u{9B}") == "a\\xab\\x9b")
        #expect(Terminal.firstLine("\n  \n  Says so.\nMore.") == "Says so.")
        #expect(Terminal.firstLine("") == "")
    }
}
