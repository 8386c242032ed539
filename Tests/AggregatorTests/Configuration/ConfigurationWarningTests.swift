import Aggregator
import Machine
import Testing
import Wire

@Suite struct ConfigurationWarningTests {
    @Test("a rule about an upstream that does not exist is warned of at its place")
    func strangers() throws {
        let text = """
            upstreams:
              crm: { stdio: { command: x } }
              docs: { stdio: { command: x }, enabled: false }
            record: { upstream: [crm, doc] }
            plugins:
              - redact: { upstream: crn, patterns: [a] }
              - limit: { upstream: ["c*", "x*"], calls: 1 }
              - hide: { items: ["crm/a", "cmr/*", "*_b", "crm"] }
              - rename: { "docs/a": b, "dosc/a": c }
              - access: { deny: ["crn/x", { items: ["nobody/*", "?rm/*"] }] }
            """
        #expect(
            try warnings(text) == [
                "4:27: item 2 of 'upstream' of 'record': 'doc' fits no upstream; "
                    + "did you mean 'docs'?",
                "6:25: 'upstream' of plugin 'redact': 'crn' fits no upstream; "
                    + "did you mean 'crm'?",
                "7:31: item 2 of 'upstream' of plugin 'limit': 'x*' fits no upstream",
                "8:30: item 2 of 'items' of plugin 'hide': 'cmr/*' fits no upstream; "
                    + "did you mean 'crm'?",
                "8:46: item 4 of 'items' of plugin 'hide': 'crm' fits no upstream; "
                    + "write it as 'upstream/name'",
                "9:28: plugin 'rename': 'dosc/a' fits no upstream; did you mean 'docs'?",
                "10:22: item 1 of 'deny' of plugin 'access': 'crn/x' fits no upstream; "
                    + "did you mean 'crm'?",
                "10:41: item 1 of 'items' of item 2 of 'deny' of plugin 'access': "
                    + "'nobody/*' fits no upstream",
            ])
    }

    @Test("rules about upstreams that exist, disabled or not, are no reason for a warning")
    func friends() throws {
        let text = """
            upstreams:
              crm: { stdio: { command: x } }
              docs: { stdio: { command: x }, enabled: false }
            plugins:
              - redact: { upstream: [crm, "d*"], patterns: [a] }
              - hide: { items: ["*", "crm/a", "docs/*", "?ocs/x"] }
              - audit: {}
            """
        #expect(try warnings(text) == [])
    }

    /// Items of upstreams, written as kind and `upstream/name`.
    private func made(_ all: [(Item.Kind, String)]) -> [Item] {
        all.map { kind, name in
            let words = name.split(separator: "/", maxSplits: 1).map(String.init)
            return Item(
                kind: kind, upstream: words[0], original: Array(words[1].utf8), base: words[1],
                json: [])
        }
    }

    /// What is said of rules once upstreams have listed their items.
    private func strangers(
        _ plugins: String, _ listed: [(Item.Kind, String)], missing: [String] = [],
        crm: String = ""
    ) throws -> [String] {
        var mentions: [Reading.Mention] = []
        let text =
            "upstreams: { crm: { stdio: { command: x }\(crm) }, docs: { stdio: { command: x } } }"
        _ = try Configuration.read(
            try YAML.parse(Array("\(text)\nplugins:\n\(plugins)".utf8)), vocabulary: vocabulary,
            environment: [:], mention: { mentions.append($0) })
        return ListedItems(made(listed), missing: missing).strangers(mentions).map(\.message)
    }

    @Test("a rule about what no upstream lists is warned of once that is known")
    func items() throws {
        let rules = """
              - hide: { items: ["crm/serach*", "crm/get", "*", "crm/*", "*/set*", "gone/x", "crm/f:*"] }
              - rename: { "docs/find": look }
              - limit: { tool: ["search_*", "serach_*", "greet", "?*zzz"], prompt: gret, calls: 1 }
              - limit: { tool: "*", resource: "x", calls: 1 }
            """
        let listed: [(Item.Kind, String)] = [
            (.tool, "crm/search_notes"), (.tool, "crm/get"), (.prompt, "docs/greet"),
            (.tool, "docs/search_all"),
        ]
        let said = try strangers(rules, listed)
        #expect(
            said == [
                "item 1 of 'items' of plugin 'hide': 'crm/serach*' fits nothing that an upstream "
                    + "lists; did you mean 'crm/search_notes'?",
                "item 5 of 'items' of plugin 'hide': '*/set*' fits nothing that an upstream lists",
                "plugin 'rename': 'docs/find' fits nothing that an upstream lists",
                "item 2 of 'tool' of plugin 'limit': 'serach_*' fits no tool of any upstream; "
                    + "did you mean 'search_all'?",
                "item 3 of 'tool' of plugin 'limit': 'greet' fits no tool of any upstream",
                "item 4 of 'tool' of plugin 'limit': '?*zzz' fits no tool of any upstream",
                "'prompt' of plugin 'limit': 'gret' fits no prompt of any upstream; "
                    + "did you mean 'greet'?",
            ])
        let own = ", hide: [greet, \"serach_*\", \"x*\"], rename: { get: a, gett: b }"
        #expect(
            try strangers("  - audit: {}", listed, crm: own) == [
                "item 2 of 'hide' of upstream 'crm': 'serach_*' fits no tool or prompt of any "
                    + "upstream; did you mean 'search_all'?",
                "item 3 of 'hide' of upstream 'crm': 'x*' fits no tool or prompt of any upstream",
                "'rename' of upstream 'crm': 'gett' fits no tool of any upstream; did you mean 'get'?",
            ])
        // Of an upstream that has not listed, nothing is known.
        let rest = try strangers(rules, listed, missing: ["docs"])
        #expect(rest == [said[0]])
    }

    @Test("a warning is shown as compilers show it")
    func shown() {
        let source = Source(name: "m.yaml", text: Array("a: [crn]".utf8))
        let warning = Diagnostic("'crn' fits no upstream", at: Node.Mark(line: 1, column: 5))
        #expect(
            source.show(warning, as: .warning) == """
                m.yaml:1:5: warning: 'crn' fits no upstream
                a: [crn]
                    ^

                """)
    }
}
