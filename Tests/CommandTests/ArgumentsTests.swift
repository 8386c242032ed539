import Testing

@testable import manifold

@Suite struct ArgumentsTests {
    private let syntax = Syntax(
        "try", "Try it.", operands: "NAME [JSON]", count: 1...2,
        options: [.init("timeout", "TIME", "how long"), .init("all", nil, "all")],
        example: "manifold try it")

    @Test("options may stand anywhere, with their value after '=' or in the next word")
    func options() throws {
        let arguments = try Arguments(["--all", "x", "--timeout=3 s", "--config", "f"], syntax)
        #expect(arguments.operands == ["x"])
        #expect(arguments.has("all"))
        #expect(arguments["timeout"] == "3 s")
        #expect(arguments["config"] == "f")
    }

    @Test("a lone '-' and everything after '--' are operands")
    func dashes() throws {
        #expect(try Arguments(["x", "-"], syntax).operands == ["x", "-"])
        #expect(try Arguments(["x", "--", "--all"], syntax).operands == ["x", "--all"])
    }

    @Test(
        "what is wrong is said, with a suggestion where one is near",
        arguments: [
            (["x", "--tiemout", "3"], "unknown option '--tiemout'; did you mean '--timeout'?"),
            (["x", "--all=1"], "'--all' takes no value"),
            (["x", "--timeout"], "'--timeout' needs a value"),
            ([], "'manifold try' takes NAME [JSON]"),
        ])
    func errors(words: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try Arguments(words, syntax) }
        let end = message.hasSuffix("?") ? "" : "."
        #expect(error?.message == "manifold: \(message)\(end) See 'manifold try --help'.")
    }
}
