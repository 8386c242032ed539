import Aggregator
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
