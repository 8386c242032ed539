import Testing
import Wire

@testable import manifold

@Suite struct ContentReportTests {
    private func text(_ result: String) throws -> String {
        var report = ContentReport()
        report.add(result: try Value(validating: Array(result.utf8)))
        return report.text
    }

    @Test("text is printed plainly, other blocks in a word")
    func blocks() throws {
        let result = #"""
            {"content":[{"type":"text","text":"a\u001b[2J\nb"},
             {"type":"image","mimeType":"image/png","data":"aGVsbG8="},
             {"type":"resource_link","uri":"memo:x","name":"Memo"},
             {"type":"resource","resource":{"uri":"memo:y","text":"why"}},
             {"type":"odd"}]}
            """#
        #expect(
            try text(result) == """
                a\\x1b[2J
                b
                [image: image/png, 5 bytes]
                [resource link: memo:x Memo]
                [resource: memo:y]
                why
                [odd]

                """)
    }

    @Test("structured content is printed where the text does not say the same")
    func structured() throws {
        let same = #"{"content":[{"type":"text","text":"{\"a\": 1}"}],"structuredContent":{"a":1}}"#
        #expect(try text(same) == "{\"a\": 1}\n")
        let other = #"{"content":[],"structuredContent":{"big": 9223372036854775808}}"#
        #expect(try text(other) == "{\"big\":9223372036854775808}\n")
    }

    @Test("progress has a bar when the total is known")
    func progress() throws {
        let report = { (json: String) in
            ProgressReport(try Value(validating: Array(json.utf8)))?.text(bar: 4)
        }
        #expect(try report(#"{"progress":1,"total":2,"message":"x\r"}"#) == "[##--] 50 %  x\\xd")
        #expect(try report(#"{"progress":7}"#) == "… 7")
        #expect(try report(#"{"progress":9,"total":2}"#) == "[####] 100 %")
        #expect(try report("{}") == nil)
    }
}
