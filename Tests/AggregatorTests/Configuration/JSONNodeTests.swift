import Aggregator
import Testing
import Wire

@Suite struct JSONNodeTests {
    @Test("a JSON text is a document with the places of its parts")
    func places() throws {
        let text = "{\n  \"é\": [1, \"\\ud83d\\ude00\"],\n  \"b\": null }"
        let node = try Node(json: Array(text.utf8))
        let entries = try #require(node.entries)
        #expect(entries.map(\.key) == ["é", "b"])
        #expect(entries[0].mark == Node.Mark(line: 2, column: 3))
        #expect(entries[0].value.items?[1].mark == Node.Mark(line: 2, column: 12))
        #expect(entries[0].value.items?[1].scalar?.text == "😀")
        #expect(entries[0].value.items?[0].scalar?.meaning == .integer(1))
        #expect(entries[1].value.scalar?.meaning == .null)
    }

    @Test(
        "what is no JSON is told with its place",
        arguments: [
            ("{\n \"a\": }", Node.Mark(line: 2, column: 7)),
            ("[1,\n2", Node.Mark(line: 2, column: 2)),
            ("", Node.Mark(line: 1, column: 1)),
        ])
    func broken(text: String, mark: Node.Mark) {
        let error = #expect(throws: Diagnostics.self) { try Node(json: Array(text.utf8)) }
        #expect(error?.all.map(\.mark) == [mark])
    }

    @Test("any value is kept as JSON, as it is spelled, and nothing in it is expanded")
    func kept() throws {
        let text = #"{"n":[1.0,1e400,12345678901234567890],"t":"${env:HOME}","x":{"y":true}}"#
        var reading = Reading(environment: ["HOME": "/h"])
        let json = Format<[UInt8]>.json.read(try Node(json: Array(text.utf8)), &reading)
        #expect(json.map { String(decoding: $0, as: UTF8.self) } == text)
        #expect(reading.diagnostics.isEmpty)
    }
}
