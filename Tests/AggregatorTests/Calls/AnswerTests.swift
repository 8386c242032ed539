import Aggregator
import Testing
import Wire

@Suite struct AnswerTests {
    private func written(_ answer: Answer) -> String {
        var bytes: [UInt8] = []
        answer.write(id: Array("7".utf8)[...], into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a response that is passed on keeps its bytes but for the id")
    func passedOn() throws {
        let line = #"{"result": {"a":1.0 ,"b":"\u0041"},"id" : "x", "jsonrpc":"2.0","more":[]}"#
        let message = try Message(scanning: Array(line.utf8))
        #expect(written(.relayed(Draft(message))) == line.replacing(#""x""#, with: "7"))
    }

    @Test(
        "an error without an id, which HTTP allows, is given the client's",
        arguments: [#","id":null"#, "", #","id" : null "#])
    func nameless(id: String) throws {
        let error = #"{"code":-32000, "message":"Bad Request"}"#
        let message = try Message(
            scanning: Array(#"{"jsonrpc":"2.0","error":\#(error)\#(id)}"#.utf8))
        #expect(written(.relayed(Draft(message))) == #"{"jsonrpc":"2.0","id":7,"error":\#(error)}"#)
        var draft = Draft(message)
        draft.replace(try #require(message.error), with: Array(#"{"code":1,"message":"x"}"#.utf8))
        #expect(
            written(.relayed(draft))
                == #"{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}}"#)
    }
}
