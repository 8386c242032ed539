import Aggregator
import Plugins
import TestSupport
import Testing
import Wire

@Suite struct CatalogTests {
    private func build(
        _ listings: [(String, Item.Kind, [String])], plugins: [any Plugin] = [],
        configure: (inout Configuration.Upstream) -> Void = { _ in }
    ) -> Catalog {
        let parts = listings.map { name, kind, items in
            var settings = Configuration.Upstream(
                name: name, kind: "x", settings: ScriptedSettings(print: ""))
            configure(&settings)
            var listing = Listing()
            listing.items[kind] = items.map { Array($0.utf8) }
            return CatalogBuilder.Part(settings: settings, prefix: name, listing: listing)
        }
        var table = NameTable()
        let chains = Chains(plugins, time: ManualTime()) { _ in .empty }
        return CatalogBuilder(
            maxLength: 48, digest: standInDigest,
            instructions: InstructionsMerge(own: nil, budget: 100), edit: { chains.edit(&$0) }
        ).build(parts, &table)
    }

    private func text(_ catalog: Catalog, _ kind: Item.Kind) -> String {
        String(decoding: catalog.rendered[kind] ?? [], as: UTF8.self)
    }

    @Test("an item keeps every byte but its name")
    func fidelity() {
        let item = #"{ "x":1.0,"name" : "\u0061" ,"inputSchema":{"$defs":{},"a":1,"a":2},"é":"\/"}"#
        let catalog = build([("one", .tool, [item])])
        #expect(
            text(catalog, .tool)
                == #"{"tools":[{ "x":1.0,"name" : "one__a" ,"inputSchema":{"$defs":{},"a":1,"a":2},"é":"\/"}]}"#
        )
        let resource = #"{"uri":"\u0061:b", "size":1e3}"#
        #expect(
            text(build([("one", .resource, [resource])]), .resource)
                == #"{"resources":[\#(resource)]}"#)
    }

    @Test("items come in configuration order, then in their upstream's")
    func order() {
        let catalog = build([
            ("b", .tool, [#"{"name":"z"}"#, #"{"name":"a"}"#]), ("a", .tool, [#"{"name":"m"}"#]),
        ])
        #expect(catalog.entries.map(\.published) == ["b__z", "b__a", "a__m"])
    }

    @Test("every published name leads to its original, and nothing else does")
    func lookup() {
        let catalog = build([("one", .tool, [#"{"name":"a b"}"#])])
        #expect(
            catalog.target(.tool, named: Array("one__a_b".utf8))
                == Target(upstream: "one", original: Array("a b".utf8)))
        for name in ["a b", "one__a b", "one__a_b ", "ONE__a_b", ""] {
            #expect(catalog.target(.tool, named: Array(name.utf8)) == nil)
        }
        #expect(catalog.target(.prompt, named: Array("one__a_b".utf8)) == nil)
    }

    @Test(
        "an item without a usable name, a second one of a name, and one that needs tasks are left out"
    )
    func leftOut() {
        let catalog = build([
            (
                "one", .tool,
                [
                    "5", "{}", #"{"name":5}"#, #"{"name":"a","n":1}"#, #"{"name":"\u0061","n":2}"#,
                    #"{"name":"t","execution":{"taskSupport":"required"}}"#,
                    #"{"name":"o","execution":{"taskSupport":"optional"}}"#,
                ]
            )
        ])
        #expect(catalog.entries.map(\.published) == ["one__a", "one__o"])
    }

    @Test("an upstream's rename and hide apply to original names")
    func settings() {
        let catalog = build([
            ("one", .tool, [#"{"name":"get"}"#, #"{"name":"delete_all"}"#, #"{"name":"now"}"#])
        ]) { settings in
            settings.rename = ["now": "time"]
            settings.hide = ["delete_*"]
        }
        #expect(catalog.entries.map(\.published) == ["one__get", "one__time"])
        #expect(
            catalog.target(.tool, named: Array("one__time".utf8))?.original == Array("now".utf8))
    }

    @Test("the plugin hide takes what matches out of the catalog, of any kind")
    func hide() {
        var settings = HideSettings()
        settings.items = ["one/delete_*", "*/secret:*"]
        let hide = Hide(settings)
        #expect(
            build([("one", .tool, [#"{"name":"delete_x"}"#, #"{"name":"x"}"#])], plugins: [hide])
                .entries.map(\.published) == ["one__x"])
        #expect(
            build([("two", .tool, [#"{"name":"delete_x"}"#])], plugins: [hide])
                .entries.map(\.published) == ["two__delete_x"])
        #expect(
            build([("two", .resource, [#"{"uri":"secret:1"}"#])], plugins: [hide]).entries.isEmpty)
    }

    @Test("the plugin rename changes the base; the prefix still goes in front")
    func rename() {
        var settings = RenameSettings()
        settings.names = ["one/a": "b", "one/x:y": "z"]
        let rename = Rename(settings)
        let catalog = build(
            [("one", .tool, [#"{"name":"a"}"#, #"{"name":"b"}"#])], plugins: [rename])
        #expect(catalog.entries[0].published == "one__b")
        #expect(catalog.entries[1].published.hasPrefix("one__b_"))
        #expect(
            build([("one", .resource, [#"{"uri":"x:y"}"#])], plugins: [rename])
                .entries.map(\.published) == ["x:y"])
    }

    @Test("a URI is read at its owner, wrapped, by template, or not at all")
    func uris() {
        let catalog = build([
            ("one", .resource, [#"{"uri":"a:b"}"#]), ("two", .resource, [#"{"uri":"a:b"}"#]),
            ("three", .template, [#"{"uriTemplate":"t:{x}"}"#]),
        ])
        func target(_ uri: String) -> Target? { catalog.target(uri: Array(uri.utf8)) }
        #expect(target("a:b") == Target(upstream: "one", original: Array("a:b".utf8)))
        #expect(
            target("manifold://two/a%3Ab") == Target(upstream: "two", original: Array("a:b".utf8)))
        #expect(target("t:5") == Target(upstream: "three", original: Array("t:5".utf8)))
        #expect(target("u:5") == nil)
        #expect(catalog.published(Array("a:b".utf8), of: "one") == nil)
        #expect(
            catalog.published(Array("a:b".utf8), of: "two") == Array("manifold://two/a%3Ab".utf8))
        #expect(
            catalog.published(Array("t:5".utf8), of: "one") == Array("manifold://one/t%3A5".utf8))
        #expect(catalog.published(Array("t:5".utf8), of: "three") == nil)
        #expect(
            catalog.published(Array("manifold://two/x".utf8), of: "one")
                == Array("manifold://one/manifold%3A%2F%2Ftwo%2Fx".utf8))
    }
}
