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

    @Test(
        "a glob fits some text that begins in a certain way, or none",
        arguments: [
            ("crm/delete_*", "crm/", true), ("crm/delete_*", "crn/", false), ("*", "crm/", true),
            ("crm*", "crm/", true), ("crm", "crm/", false), ("c?m/x", "crm/", true),
            ("crm/", "crm/", true), ("*_x", "crm/", true), ("", "crm/", false), ("", "", true),
            ("c*r/y", "crm/", true), ("c*z", "x", false), ("crm?", "crm/", true),
            ("crm??x", "crm/", true), ("a**b", "ab", true),
        ])
    func begins(pattern: String, start: String, does: Bool) {
        #expect(Glob(pattern).matchesSome(beginningWith: start) == does)
    }

    @Test("many stars do not make it slow", .timeLimit(.minutes(10)))
    func slow() {
        let pattern = String(repeating: "*a", count: 50) + "b"
        let text = String(repeating: "a", count: 5000)
        #expect(!Glob(pattern).matches(text))
        #expect(Glob(pattern).matchesSome(beginningWith: text))
    }
}
