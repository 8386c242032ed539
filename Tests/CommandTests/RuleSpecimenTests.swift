import Aggregator
import Plugins
import Testing
import Wire

@testable import manifold

@Suite struct RuleSpecimenTests {
    private func sidecar(_ text: String) throws -> JQSidecar { try JQSidecar(Array(text.utf8)) }

    private func made(_ example: String, settings: String = "{}") throws -> (Specimen, Scope.Hook) {
        let sidecar = try sidecar(#"{"settings":\#(settings),"examples":[\#(example)]}"#)
        let made = try Specimen.make(sidecar.examples[0], for: #require(sidecar.settings))
        return (made.specimen, made.hook)
    }

    private func request(_ specimen: Specimen) throws -> Message {
        guard case .call(let request, _) = specimen.body else { throw Unexpected() }
        return request
    }

    private struct Unexpected: Error {}

    @Test("a file of examples may be a list of them, and stays one")
    func list() throws {
        let text = #"[{"before":{"a":1},"after":{"a":2}}]"#
        let sidecar = try sidecar(text)
        #expect(sidecar.examples.count == 1 && sidecar.settings == nil)
        var file = ExampleFile(Array(text.utf8), sidecar, for: JQSettings())
        var example = sidecar.examples[0]
        file.add(example)
        example.before = Array(#"{"a":7}"#.utf8)
        file.add(example)
        #expect(file.tally == ExampleFile.Tally(new: 1, changed: 0, known: 1))
        #expect(
            String(decoding: file.text, as: UTF8.self) == """
                [
                    {"before":{"a":1},"after":{"a":2}},
                    {"before":{"a":7},"after":{"a":2}}
                ]

                """)
    }

    @Test("a mistake in a file of examples is not one of the configuration")
    func mistakes() throws {
        let error = #expect(throws: Diagnostics.self) { try sidecar("5") }
        #expect(error?.all.map(\.message) == ["the file of examples must be a mapping"])
        let other = #expect(throws: Diagnostics.self) { try sidecar(#"[{"befor":1}]"#) }
        #expect(other?.all.first?.message.contains("item 1 of the file of examples") == true)
    }

    @Test("what an example does not say is something that its rule is about")
    func samples() throws {
        let (specimen, hook) = try made(
            #"{"before":{"a":1},"after":{}}"#,
            settings: #"{"upstream":"c*m","tool":["get_?","x"]}"#)
        #expect(hook == .request && specimen.subject == "cm/get_x")
        let request = try request(specimen)
        #expect(request.method == .toolsCall)
        #expect(request.requestDocument.map(JSONWriter.compact) == Array(#"{"a":1}"#.utf8))
        let (other, _) = try made(#"{"before":{},"after":{}}"#, settings: #"{"prompt":"w*"}"#)
        #expect(try self.request(other).method == .promptsGet && other.subject == "example/w")
        let (read, _) = try made(
            #"{"before":{"uri":"file:///x"},"resource":"file:///x","after":{}}"#)
        #expect(try self.request(read).method == .resourcesRead)
        #expect(read.subject == "example/file:///x")
    }

    @Test("an example of a rule that looks in several places says in which")
    func hooks() throws {
        #expect(throws: RuleFault.self) {
            try made(#"{"before":{},"after":{}}"#, settings: #"{"on":["request","response"]}"#)
        }
        let (_, hook) = try made(
            #"{"before":{},"after":{},"on":"response"}"#,
            settings: #"{"on":["request","response"]}"#)
        #expect(hook == .response)
    }

    @Test(
        "pasted text is met where it belongs",
        arguments: [
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#, "request"),
            (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "response"),
            (#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#, "response"),
            (#"{"jsonrpc":"2.0","method":"notifications/message","params":{}}"#, "notification"),
            (#"{"free":"document"}"#, "request"), ("[1]", "request"),
            (#"{"content":[{"type":"text","text":"x"}],"isError":false}"#, "response"),
            (#"{"structuredContent":{"a":1}}"#, "response"),
            (#"{"content":"text","path":"x"}"#, "request"), (#"{"content":["x"]}"#, "request"),
            (#"{"content":[{"type":"text"}],"to":"x"}"#, "request"),
            (#"{"isError":true}"#, "request"),
        ])
    func pasted(text: String, hook: String) throws {
        let paste = try? Specimen.paste(Array(text.utf8), for: nil, upstream: [], tool: [])
        #expect(paste?.hook.rawValue == hook && paste?.specimens.count == 1)
    }

    @Test("a file of examples keeps what is written in it, byte for byte, and takes others in")
    func file() throws {
        let text =
            #"{ "settings": {"on" : "request"}, "examples": [ {"before":{"a": 1.0},"after":{"b":1}} ] }"#
        let sidecar = try sidecar(text)
        var file = ExampleFile(Array(text.utf8), sidecar, for: JQSettings())
        var same = sidecar.examples[0]
        same.before = Array(#"{"a":1}"#.utf8)
        file.add(same)
        var other = same
        other.tool = "t"
        file.add(other)
        other.end = .refused("no")
        file.add(other)
        #expect(file.tally == ExampleFile.Tally(new: 1, changed: 1, known: 1))
        let written = """
            {
              "settings": {"on" : "request"},
              "examples": [
                {"before":{"a": 1.0},"after":{"b":1}},
                {"tool":"t","before":{"a":1},"refused":"no"}
              ]
            }

            """
        #expect(String(decoding: file.text, as: UTF8.self) == written)
        #expect(try self.sidecar(written).examples.count == 2)
    }

    @Test("a new file says how the rule is meant, and reads back as the same")
    func fresh() throws {
        let all = #"""
            {"upstream":"crm","tool":["a","b"],"on":["request","response"],"method":"tools/call",
            "when":".a","scope":"text","empty":"drop","lossy":"pass","security":true,"deadline":"2 s"}
            """#
        let settings = try #require(try sidecar(#"{"settings":\#(all)}"#).settings)
        let text = ExampleFile(nil, JQSidecar(), for: settings).text
        #expect(try JQSidecar(text).settings == settings)
    }

    @Test("the figures count each message by the worst that happened to it")
    func tally() {
        var report = TrialReport(hooks: [.request, .response])
        func add(_ ends: RuleOutcome.End...) {
            report.add(
                TrialReport.Entry(
                    subject: "u/t", place: "",
                    outcomes: ends.map { (.request, RuleOutcome(before: Array("1".utf8), end: $0)) }
                ))
        }
        add(.unchanged, .changed(Array("2".utf8)))
        add(.changed(Array("2".utf8)), .refused("no"))
        add(.failed("oops", goesOn: true), .refused("no"))
        add(.unmatched, .unmatched)
        add(.dropped)
        #expect(
            report.summary(.plain)
                == "5 calls, 1 changed, 1 refused, 1 dropped, 1 failed, 1 unchanged (on: request, "
                + "response). The rule is not about 1 of them.")
        #expect(report.text(.plain).contains("u/t (request): failed: oops It goes on unjudged."))
        #expect((try? Value(validating: report.json)) != nil)
    }
}
