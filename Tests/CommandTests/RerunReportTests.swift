import Testing
import Wire

@testable import manifold

@Suite struct RerunReportTests {
    private var report: RerunReport {
        var report = RerunReport()
        report.same = 3
        report.differences = [
            .init(
                title: "tools/call get {\"a\":\u{1B}}", before: Array(#"{"result":{"n":1}}"#.utf8),
                after: Array(#"{"result":{"n":2}}"#.utf8), failure: nil),
            .init(
                title: "tools/call set {}", before: Array(#"{"result":{}}"#.utf8), after: nil,
                failure: "it is gone."),
        ]
        report.unsafe = 2
        return report
    }

    @Test("each change is shown under its request, and the last line sums up")
    func text() {
        let text = report.text(.plain)
        #expect(text.contains("-    \"n\": 1") && text.contains("+    \"n\": 2"))
        #expect(text.contains("failed: it is gone."))
        #expect(!text.contains("\u{1B}"))
        let last = text.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("3 same, 2 different, 2 not sent"))
        #expect(last.contains("--all"))
        #expect(RerunReport().text(.plain) == "0 same, 0 different. Nothing was compared.\n")
    }

    @Test("tools that the server does not list are told apart, with what to do about prefixes")
    func unlisted() throws {
        var report = RerunReport()
        report.unlisted = 7
        let text = report.text(.plain)
        #expect(text.contains("7 not sent: the server lists no tools of their names"))
        #expect(!text.contains("--all") && !text.contains("prefix"))
        report.renamed = ("echo", "ex__echo")
        let advice = report.text(.plain)
        #expect(advice.contains("'echo' is called 'ex__echo' there"))
        #expect(advice.contains("'names: { prefix: never }'"))
        #expect(try Value(validating: report.json)["notListed"]?.integer == 7)
    }

    @Test("one request that is not sent is told as one")
    func one() {
        var report = RerunReport()
        (report.unsafe, report.unlisted, report.masked, report.asking) = (1, 1, 1, 1)
        let text = report.text(.plain)
        #expect(text.contains("its tool does not say that it only reads (--all sends it)"))
        #expect(text.contains("lists no tool of its name") && text.contains("out of it,"))
        #expect(text.contains("it asks for") && !text.contains("their") && !text.contains("them"))
    }

    @Test("programs read the same")
    func json() throws {
        let json = try Value(validating: report.json)
        #expect(json["same"]?.integer == 3)
        #expect(json["different"]?.integer == 2)
        #expect(json["notReadOnly"]?.integer == 2)
        let changes = json["changes"]?.elements.map(\.self) ?? []
        #expect(changes.first?["after"]?["result"]?["n"]?.integer == 2)
        #expect(changes.last?["failure"]?.string == "it is gone.")
    }
}
