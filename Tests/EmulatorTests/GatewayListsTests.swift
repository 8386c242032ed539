import Aggregator
import Testing
import Wire

@testable import Emulator

@Suite("Lists of a gateway")
struct GatewayListsTests {
    private let answer = Answer.result(
        Array(#"{"tools":[{"name":"a"},{"name":"b"},{"name":"c"}],"_meta":{"x":1.0}}"#.utf8))

    private func text(_ answer: Answer) -> String {
        switch answer {
        case .result(let json, _), .error(let json, _): String(decoding: json, as: UTF8.self)
        case .relayed: ""
        }
    }

    private func names(_ answer: Answer) throws -> [String] {
        let value = try Value(validating: Array(text(answer).utf8))
        return value["tools"]?.elements.compactMap { $0["name"]?.string } ?? []
    }

    private func cursor(_ answer: Answer) throws -> String? {
        try Value(validating: Array(text(answer).utf8))["nextCursor"]?.string
    }

    @Test("pages follow each other to the end, whatever their size", arguments: 1...5)
    func pages(_ size: Int) throws {
        let lists = GatewayLists(pageSize: size, hasSearch: false)
        var found: [String] = []
        var next: String?
        repeat {
            let page = lists.page(answer, .toolsList, cursor: next)
            #expect(try names(page).count <= size)
            found += try names(page)
            next = try cursor(page)
        } while next != nil
        #expect(found == ["a", "b", "c"])
    }

    @Test("the rest of a result stays as it is")
    func keeps() {
        let lists = GatewayLists(pageSize: 0, hasSearch: false)
        #expect(text(lists.page(answer, .toolsList, cursor: nil)).contains(#""_meta":{"x":1.0}"#))
        #expect(text(lists.page(.empty, .ping, cursor: nil)) == "{}")
    }

    @Test("the tool that searches comes first, and in tools only")
    func search() throws {
        let lists = GatewayLists(pageSize: 2, hasSearch: true)
        let page = lists.page(answer, .toolsList, cursor: nil)
        #expect(try names(page) == [GatewayLists.searchName, "a"])
        let prompts = Answer.result(Array(#"{"prompts":[]}"#.utf8))
        #expect(text(lists.page(prompts, .promptsList, cursor: nil)) == #"{"prompts":[]}"#)
    }

    @Test("a cursor that was not given out is refused", arguments: ["?", "LTE", "OTk", "eA"])
    func wrongCursor(_ cursor: String) {
        let lists = GatewayLists(pageSize: 2, hasSearch: false)
        #expect(text(lists.page(answer, .toolsList, cursor: cursor)).contains("-32602"))
    }

    @Test("a search finds tools by a word of their name or description")
    func finds() throws {
        let tools = Answer.result(
            Array(
                #"{"tools":[{"name":"x___add","description":"Sums up."},{"name":"y___echo"}]}"#.utf8
            ))
        let found = text(GatewayLists.search(tools, for: "please sums"))
        #expect(found.contains("x___add") && !found.contains("y___echo"))
    }
}
