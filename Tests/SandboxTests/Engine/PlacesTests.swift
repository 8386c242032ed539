import Aggregator
import Testing
import Wire

@testable import Plugins

@Suite struct PlacesTests {
    private func places(_ json: String, _ part: JQSettings.Part) throws -> Places {
        Places(Document(.result, try Value(validating: Array(json.utf8))), part)
    }

    private func written(_ places: Places, _ changes: [Int: Places.Change]) -> String {
        String(decoding: places.written(changes), as: UTF8.self)
    }

    @Test("the texts of a result are found wherever results have them")
    func texts() throws {
        let found = { (json: String) in
            try places(json, .text).all.map { String(decoding: $0.value.copy(), as: UTF8.self) }
        }
        #expect(
            try found(
                #"{"content":[{"type":"text","text":"a"},{"type":"image","data":"b"},"#
                    + #"{"type":"resource","resource":{"uri":"x","text":"c"}}],"#
                    + #""structuredContent":{"d":1},"_meta":{"text":"e"}}"#)
                == [#""a""#, #""c""#, #"{"d":1}"#])
        #expect(
            try found(#"{"messages":[{"role":"user","content":{"type":"text","text":"a"}}]}"#)
                == [#""a""#])
        #expect(try found(#"{"contents":[{"uri":"x","text":"a"},{"blob":"b"}]}"#) == [#""a""#])
        #expect(
            try found(
                #"{"inputRequests":{"a":{"method":"m","params":{"message":"a","mode":"b"}},"b":{"params":"#
                    + #"{"systemPrompt":"c","messages":[{"content":{"type":"text","text":"d"}}]}}}}"#
            )
                == [#""a""#, #""c""#, #""d""#])
        #expect(try found(#"{"content":3,"inputRequests":{"a":5,"b":{"params":[]}}}"#).isEmpty)
    }

    @Test("what is not changed keeps its bytes, white space included")
    func splices() throws {
        let json = #"{ "content" : [ {"text" : "a"} , {"text":"b"} ], "x": 1.0 }"#
        let places = try places(json, .text)
        #expect(written(places, [:]) == json)
        #expect(
            written(places, [1: .replaced(Array(#""c""#.utf8))])
                == #"{ "content" : [ {"text" : "a"} , {"text":"c"} ], "x": 1.0 }"#)
    }

    @Test(
        "blocks are dropped with their commas, whichever they are",
        arguments: [
            ([0], "[2,3]"), ([1], "[1,3]"), ([2], "[1,2]"), ([0, 1], "[3]"), ([1, 2], "[1]"),
            ([0, 2], "[2]"), ([0, 1, 2], "[]"), ([], "[1,2,3]"),
        ])
    func dropped(_ indices: [Int], _ expected: String) throws {
        let places = try places(#"{"content":[1,2,3]}"#, .block)
        let changes = Dictionary(uniqueKeysWithValues: indices.map { ($0, Places.Change.dropped) })
        #expect(written(places, changes) == #"{"content":\#(expected)}"#)
    }

    @Test("a block that is dropped takes its changed text with it")
    func both() throws {
        let places = try places(
            #"{"content":[{"text":"a","resource":{"text":"b"}},{"text":"c"}]}"#, .text)
        #expect(
            written(places, [0: .dropped, 1: .replaced([0x31]), 2: .replaced([0x32])])
                == #"{"content":[{"text":2}]}"#)
    }
}
