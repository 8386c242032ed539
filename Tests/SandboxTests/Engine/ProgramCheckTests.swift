import Testing

@testable import Sandbox

@Suite struct ProgramCheckTests {
    @Test(
        "what a rule cannot have is found where it stands",
        arguments: [
            ("$ENV.PATH", 1, 1), (". |\n  env", 2, 3), ("{a: env}", 1, 5), ("[input]", 1, 2),
            ("\"x \\(env.HOME) y\"", 1, 6), ("include \"x\"; .", 1, 1),
            ("import \"a\" as a; .", 1, 1),
            ("# env\ndebug", 2, 1), ("{(env): 1}", 1, 3), ("\"é\" | halt_error", 1, 7),
            ("{$ENV}", 1, 2), ("@text \"\\(inputs)\"", 1, 10), ("[1,env]", 1, 4),
            ("{\"a\":1}|stderr", 1, 9), ("1as $x|halt", 1, 8),
        ])
    func forbidden(_ text: String, _ line: Int, _ column: Int) {
        let fault = #expect(throws: ProgramCheck.Fault.self) { try ProgramCheck.check(text) }
        #expect(fault?.line == line)
        #expect(fault?.column == column)
        #expect(fault?.reason.contains("is not available") == true)
    }

    @Test(
        "what only looks like it is left alone",
        arguments: [
            ".env", ".a.input", "{env: 1}", "{env}", "{a: 1, input : 2}", "\"env $ENV\"",
            "\"\\\"env\\\"\"", "# env and a \" quote", "environment", "my_input", "$environment",
            ". # ) ] }", "\"( [ {\"", "\"\\(\"\\(1)\") (\"", "@sh \"\\(.)\"", "{a:{b:[1,(2)]}}",
            ".[\"env\"]", "walk(if type == \"string\" then \"•\" else . end)", "",
        ])
    func allowed(_ text: String) throws {
        try ProgramCheck.check(text)
    }

    @Test(
        "a program cannot reach beyond its own brackets",
        arguments: [
            ".) | (.", "(.", "[1", "]", "{(a]: 1}", "\"open", "\"\\(1\"", ".); def x: (.", "\"\\",
        ])
    func brackets(_ text: String) {
        #expect(throws: ProgramCheck.Fault.self) { try ProgramCheck.check(text) }
    }

    @Test("a program cut off at any offset is judged without a fault of ours")
    func truncated() {
        let text = "def f($x): {a: \"\\($x | tostring)\", b: [1, 2.5e3]}; # end\n f(.c) | .d"
        for count in 0...text.utf8.count {
            let part = String(decoding: Array(text.utf8.prefix(count)), as: UTF8.self)
            _ = try? ProgramCheck.check(part)
        }
    }
}
