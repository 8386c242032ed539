import Aggregator
import TestSupport
import Testing

@Suite struct WarmCatalogTests {
    private var sample: WarmCatalog {
        var names = NameTable()
        for kind in Item.Kind.allCases {
            names.entries[
                NameTable.Key(kind: kind, upstream: "one", original: Array("é\"\n\(kind)".utf8))] =
                NameTable.Entry(wanted: "w", published: "one__\(kind)")
        }
        var warm = WarmCatalog(names: names)
        var listing = Listing()
        listing.title = "T\u{1}"
        listing.instructions = "I\n"
        listing.items[.tool] = [Array(#"{"name":"a","x":1.0,"x":-0}"#.utf8)]
        listing.items[.prompt] = []
        warm.upstreams["one"] = WarmCatalog.Upstream(fingerprint: "f\u{1F}g", listing: listing)
        warm.upstreams["two"] = WarmCatalog.Upstream(fingerprint: "", listing: Listing())
        return warm
    }

    @Test("what was written is what is read")
    func roundTrip() {
        #expect(WarmCatalog(sample.json) == sample)
    }

    @Test("the same catalog is written in the same bytes")
    func stable() {
        var other = sample
        other.names.entries = [:]
        for (key, entry) in sample.names.entries.reversed() { other.names.entries[key] = entry }
        #expect(other.json == sample.json)
    }

    @Test("a file cut off anywhere is ignored or whole")
    func truncated() {
        let json = sample.json
        for end in json.indices { #expect(WarmCatalog(Array(json[..<end])) == nil) }
    }

    @Test(
        "what is no catalog of ours is ignored",
        arguments: [
            "", "null", "[]", "{}", "5", #"{"format":2,"upstreams":{},"names":[]}"#,
            #"{"format":1,"upstreams":{},"names":[["tool"]]}"#,
            #"{"format":1,"upstreams":{},"names":[["x","o","a","w","p"]]}"#, "\u{FEFF}{}",
        ])
    func garbage(text: String) {
        #expect(WarmCatalog(Array(text.utf8)) == nil)
    }

    @Test(
        "parts of other shapes are survived",
        arguments: [
            #"{"format":1}"#, #"{"format":1,"upstreams":[],"names":{}}"#,
            #"{"format":1,"upstreams":{"one":5},"names":[]}"#,
            #"{"format":1,"upstreams":{"one":{"tools":{"a":1},"fingerprint":5}}}"#,
        ])
    func odd(text: String) {
        let storage = MemoryStorage()
        storage.preset(Array(text.utf8))
        let world = World([ScriptedServer("one")], storage: storage)
        let client = world.client()
        client.open()
        client.request("1", "tools/list")
        #expect(client.one().names == ["one__echo"])
        world.stop()
    }

    @Test("lists that have not changed since the last process are not announced, blanks or not")
    func blanks() {
        let storage = MemoryStorage()
        func start() -> [String] {
            let server = ScriptedServer("one")
            server.tools = [#"{"name": "a",  "inputSchema": {} }"#]
            let world = World([server], storage: storage)
            let client = world.client()
            client.open()
            client.request("1", "tools/list")
            world.advance(by: .seconds(10))
            defer { world.stop() }
            return client.take()
        }
        let first = start()
        #expect(first.last?.contains(#"{"name": "one__a",  "inputSchema": {} }"#) == true)
        // The same bytes, and nothing else.
        #expect(start() == [first.last].compactMap(\.self))
    }

    @Test("a file that somebody has pretty-printed cannot break the framing")
    func lineBreaks() {
        let storage = MemoryStorage()
        storage.preset(
            Array(
                "{\"format\":1,\"upstreams\":{\"one\":{\"fingerprint\":\"one\",\"tools\":[{\n\"name\":\r\n\"a\"}]}}}"
                    .utf8))
        let server = ScriptedServer("one")
        server.door = Latch()
        let world = World([server], storage: storage)
        let client = world.client()
        client.open(settling: false)
        client.request("1", "tools/list")
        #expect(client.one().names == ["one__a"])
        world.stop()
    }
}
