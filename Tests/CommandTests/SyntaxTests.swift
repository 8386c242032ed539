import Testing

@testable import manifold

@Suite struct SyntaxTests {
    private func usage(_ syntax: Syntax) -> Substring? {
        syntax.help.split(separator: "\n").first { $0.hasPrefix("Usage: ") }
    }

    @Test("options stand before what belongs to another command")
    func usage() {
        #expect(usage(Bridge.syntax) == "Usage: manifold bridge [options] -- COMMAND…")
        #expect(usage(Emulate.syntax) == "Usage: manifold emulate [options] [-- COMMAND…]")
        #expect(usage(Check.syntax) == "Usage: manifold check [options]")
        #expect(usage(Replay.syntax) == "Usage: manifold replay FILE [options]")
    }

    @Test("'--config' is offered by commands that read a file, which they say")
    func config() {
        for syntax in [Bridge.syntax, Status.syntax, ShowVersion.syntax, TryRule.syntax] {
            #expect(!syntax.help.contains("--config"))
            #expect(throws: UsageError.self) { try Arguments(["--config", "x"], syntax) }
        }
        #expect(Serve.syntax.help.contains("$MANIFOLD_CONFIG"))
        #expect(Emulate.syntax.help.contains("--config FILE"))
        #expect(!Emulate.syntax.help.contains("$MANIFOLD_CONFIG"))
    }

    @Test("too many words are told with the command that may follow")
    func operands() {
        let error = #expect(throws: UsageError.self) { try Arguments(["x"], Bridge.syntax) }
        #expect(error?.message.contains("'manifold bridge' takes -- COMMAND…") == true)
    }
}
