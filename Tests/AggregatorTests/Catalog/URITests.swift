import Aggregator
import TestSupport
import Testing

@Suite struct URITests {
    private func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("wrapping and unwrapping give any URI back", arguments: 0..<100)
    func roundTrip(seed: UInt64) {
        var random = SplitMix(seed)
        let uri = (0..<random.index(60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let wrapped = WrappedURI.wrap(uri, of: "docs")
        #expect(WrappedURI.unwrap(wrapped) == Target(upstream: "docs", original: uri))
        #expect(wrapped.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }

    @Test("a wrapped template expands to what unwraps to the expanded original")
    func template() {
        let wrapped = WrappedURI.wrap(template: utf8("file:///{+path}"), of: "docs")
        #expect(wrapped == utf8("manifold://docs/~file:///{+path}"))
        #expect(
            WrappedURI.unwrap(utf8("manifold://docs/~file:///a/b"))
                == Target(upstream: "docs", original: utf8("file:///a/b")))
    }

    @Test(
        "what is not wrapped does not unwrap",
        arguments: [
            "", "manifold://", "manifold://x", "Manifold://x/y", "manifold://x/%",
            "manifold://x/%4",
            "manifold://x/%zz", "http://x/y",
        ])
    func foreign(uri: String) {
        #expect(WrappedURI.unwrap(utf8(uri)) == nil)
    }

    @Test(
        "a template matches what can grow out of it",
        arguments: [
            ("file:///{path}", "file:///a", true), ("file:///{path}", "file:///a/b", false),
            ("file:///{+path}", "file:///a/b", true), ("file:///{path*}", "file:///a/b", true),
            ("x:{a}-{b}", "x:1-2", true), ("x:{a}-{b}", "x:-", true), ("x:{a}-{b}", "x:12", false),
            ("x:{a}/y", "x:1/y", true), ("x:{a}/y", "x:1/z", false), ("x:y", "x:y", true),
            ("x:y", "x:yz", false), ("x{/seg}", "x/y", true), ("x{#frag}", "x#a/b", true),
            ("x{?q}", "x?q=1", true), ("{+any}", "", true), ("x{", "x{", true), ("", "", true),
            ("", "a", false), ("a{b}{c}d", "ad", true), ("a{b}d", "add", true),
        ])
    func matches(template: String, uri: String, does: Bool) {
        #expect(URITemplate(utf8(template)).matches(utf8(uri)) == does)
    }

    @Test("a template made to be slow is not", .timeLimit(.minutes(10)))
    func slow() {
        let template = String(repeating: "{+a}", count: 30) + "!"
        let uri = String(repeating: "x", count: 8_000)
        #expect(!URITemplate(utf8(template)).matches(utf8(uri)))
        #expect(URITemplate(utf8(template)).matches(utf8(uri + "!")))
        // Beyond what anybody writes, nothing is looked at.
        #expect(!URITemplate(utf8("{+a}")).matches(utf8(uri + uri)))
        #expect(!URITemplate(utf8(String(repeating: "{+a}", count: 33))).matches(utf8("x")))
        let long = String(repeating: "{a}b", count: 100_000)
        #expect(!URITemplate(utf8(long)).matches(utf8("x")))
    }

    @Test("expanding a simple template gives a URI that it matches", arguments: 0..<200)
    func expansion(seed: UInt64) {
        var random = SplitMix(seed)
        var template = ""
        var uri = ""
        for _ in 0..<random.index(6) {
            let literal = String("ab:/.".randomElement(using: &random) ?? "a")
            let value = String(
                (0..<random.index(4)).map { _ in "ab%2.".randomElement(using: &random) ?? "a" })
            template += literal + "{v}"
            uri += literal + value
        }
        #expect(URITemplate(utf8(template)).matches(utf8(uri)))
    }
}
