import Aggregator
import TestSupport
import Testing

@Suite struct NamingTests {
    private func tool(_ upstream: String, _ name: String) -> Item {
        Item(kind: .tool, upstream: upstream, original: Array(name.utf8), base: name, json: [])
    }

    private func resource(_ upstream: String, _ uri: String, _ kind: Item.Kind = .resource) -> Item
    {
        Item(kind: kind, upstream: upstream, original: Array(uri.utf8), base: uri, json: [])
    }

    private func publish(
        _ items: [Item], prefixes: [String: String] = [:], longest: Int = 48,
        _ table: inout NameTable
    ) -> [String] {
        Naming(maxLength: longest, prefixes: prefixes, digest: standInDigest).publish(items, &table)
    }

    private func publish(
        _ items: [Item], prefixes: [String: String] = [:], longest: Int = 48
    ) -> [String] {
        var table = NameTable()
        return publish(items, prefixes: prefixes, longest: longest, &table)
    }

    @Test("a name is the prefix, two underscores and the upstream's own name")
    func plain() {
        #expect(publish([tool("clock", "now")]) == ["clock__now"])
        #expect(publish([tool("clock", "now")], prefixes: ["clock": ""]) == ["now"])
        #expect(publish([tool("clock", "now")], prefixes: ["clock": "c"]) == ["c__now"])
    }

    @Test(
        "whatever a client might not read becomes an underscore",
        arguments: [
            ("a.b", "a_b"), ("a/b c", "a_b_c"), ("é", "_"), ("", "_"), ("日本", "__"),
            ("A-Z_09", "A-Z_09"), ("\u{0}", "_"), ("e\u{301}", "e_"),
        ])
    func sanitized(name: String, safe: String) {
        #expect(Naming.sanitized(name) == safe)
    }

    @Test(
        "a name over the limit is cut and gets a hash, at any limit",
        arguments: [1, 8, 20, 48, 64, 200])
    func length(limit: Int) {
        let long = String(repeating: "x", count: 300)
        let names = publish(
            [tool("one", long), tool("one", long + "y"), tool("two", long)],
            prefixes: ["one": "", "two": ""], longest: limit)
        #expect(Set(names).count == 3)
        for name in names { #expect(name.utf8.count <= max(8, min(limit, 64))) }
    }

    @Test("on a clash the first in configuration order keeps the plain name")
    func clash() {
        let names = publish(
            [tool("one", "a.b"), tool("two", "a_b"), tool("two", "A_B")],
            prefixes: ["one": "", "two": ""])
        #expect(names[0] == "a_b")
        #expect(names[1].hasPrefix("a_b_"))
        #expect(names[2].hasPrefix("A_B_"))
        #expect(Set(names.map { $0.lowercased() }).count == 3)
    }

    @Test("names that differ in case only are one name to some clients")
    func caseOnly() {
        let names = publish([tool("one", "Get"), tool("one", "get")])
        #expect(names[0] == "one__Get")
        #expect(names[1].hasPrefix("one__get_"))
    }

    @Test("tools and prompts of one name do not clash")
    func kinds() {
        let prompt = Item(
            kind: .prompt, upstream: "one", original: Array("a".utf8), base: "a", json: [])
        #expect(publish([tool("one", "a"), prompt]) == ["one__a", "one__a"])
    }

    @Test("a name never moves: not when upstreams come, go or change places", arguments: 0..<50)
    func stability(seed: UInt64) {
        var random = SplitMix(seed)
        let all = (0..<12).map { index in
            tool("u\(index % 3)", ["a.b", "a_b", "A_B", "a b"][index / 3])
        }
        let prefixes = ["u0": "", "u1": "", "u2": ""]
        var table = NameTable()
        var known: [Int: String] = [:]
        for _ in 0..<20 {
            let indices = Array(all.indices).shuffled(using: &random).prefix(random.index(13))
            let names = publish(indices.map { all[$0] }, prefixes: prefixes, &table)
            #expect(Set(names.map { $0.lowercased() }).count == names.count)
            for (index, name) in zip(indices, names) {
                if let before = known[index] { #expect(name == before) }
                known[index] = name
            }
        }
    }

    @Test("the name of an item that is gone is kept free for it")
    func retired() {
        var table = NameTable()
        let prefixes = ["one": "", "two": ""]
        _ = publish([tool("one", "a")], prefixes: prefixes, &table)
        #expect(publish([tool("two", "a")], prefixes: prefixes, &table)[0] != "a")
        let back = publish([tool("two", "a"), tool("one", "a")], prefixes: prefixes, &table)
        #expect(back[1] == "a")
    }

    @Test("another prefix makes another name")
    func newPrefix() {
        var table = NameTable()
        _ = publish([tool("one", "a")], &table)
        #expect(publish([tool("one", "a")], prefixes: ["one": "x"], &table) == ["x__a"])
        #expect(publish([tool("one", "a")], &table) == ["one__a"])
    }

    @Test(
        "a remembered name that no client could read, or that is taken, is not used",
        arguments: ["one__a b", "", String(repeating: "x", count: 65), "one__b"])
    func badMemory(remembered: String) {
        var table = NameTable()
        for name in ["a", "b"] {
            table.entries[NameTable.Key(kind: .tool, upstream: "one", original: Array(name.utf8))] =
                NameTable.Entry(
                    wanted: "one__\(name)", published: name == "a" ? remembered : "one__b")
        }
        let names = publish([tool("one", "b"), tool("one", "a")], &table)
        #expect(names[0] == "one__b")
        #expect(names[1].hasPrefix("one__a"))
    }

    @Test("a lower limit shortens the names that it makes too long")
    func lowerLimit() {
        var table = NameTable()
        let item = tool("one", String(repeating: "x", count: 50))
        _ = publish([item], longest: 64, &table)
        #expect(publish([item], longest: 40, &table)[0].utf8.count <= 40)
    }

    @Test("what is remembered does not grow without bound")
    func growth() {
        var table = NameTable()
        for round in 0..<40 {
            let items = (0..<1000).map { resource("one", "x:\(round * 1000 + $0)") }
            _ = publish(items, &table)
        }
        #expect(table.entries.count <= 10_000)
    }

    @Test("a URI stays as it is while it is unique, and is wrapped when another has it")
    func uris() {
        let published = publish([
            resource("one", "a:b"), resource("two", "a:b"), resource("two", "A:b"),
        ])
        #expect(published == ["a:b", "manifold://two/a%3Ab", "A:b"])
    }

    @Test("a URI that looks wrapped is wrapped: it is another aggregator's")
    func nested() {
        let published = publish([
            resource("one", "manifold://two/a"),
            resource("one", "manifold://two/~x:{y}", .template),
        ])
        #expect(
            published == [
                "manifold://one/manifold%3A%2F%2Ftwo%2Fa", "manifold://one/~manifold://two/~x:{y}",
            ])
    }
}
