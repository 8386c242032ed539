import Aggregator
import Testing

@Suite struct GlobTests {
    @Test(
        "a glob matches the whole text",
        arguments: [
            ("", "", true), ("", "a", false), ("*", "", true), ("*", "abc", true),
            ("a*", "a", true),
            ("a*c", "abbbc", true), ("a*c", "abbb", false), ("*b*", "abc", true), ("**", "x", true),
            ("a?c", "abc", true), ("a?c", "ac", false), ("?", "é", true), ("??", "é", false),
            ("*.md", "a.b.md", true), ("crm/delete_*", "crm/delete_all", true), ("A", "a", false),
            ("a*b*c", "aXbXbXc", true), ("[a]", "a", false), ("日*", "日本", true),
        ])
    func matches(pattern: String, text: String, does: Bool) {
        #expect(Glob(pattern).matches(text) == does)
    }

    @Test("many stars do not make it slow", .timeLimit(.minutes(1)))
    func slow() {
        let pattern = String(repeating: "*a", count: 50) + "b"
        #expect(!Glob(pattern).matches(String(repeating: "a", count: 5000)))
    }
}
