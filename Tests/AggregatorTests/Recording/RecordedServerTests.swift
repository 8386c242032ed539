import Aggregator
import Testing
import Wire

@Suite struct RecordedServerTests {
    /// A server of requests and their answers, each a method with parameters and a result.
    private func server(_ exchanges: [(String, String, String)]) throws -> RecordedServer {
        var lines = [SampleRecording.start]
        for (number, (method, params, answer)) in exchanges.enumerated() {
            lines.append(SampleRecording.line("upstream", request(method, params, id: number)))
            let member = answer.contains("\"code\"") ? "error" : "result"
            lines.append(
                SampleRecording.line(
                    "manifold", #"{"jsonrpc":"2.0","id":\#(number),"\#(member)":\#(answer)}"#))
        }
        let recording = try Recording([Array((lines.joined(separator: "\n") + "\n").utf8)])
        return RecordedServer(recording.exchanges)
    }

    private func request(_ method: String, _ params: String, id: Int = 0) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
    }

    /// The result of a request, or what is nearest to it.
    private func ask(
        _ server: inout RecordedServer, _ method: String, _ params: String
    ) throws -> String {
        switch server.reply(to: try Message(scanning: Array(request(method, params).utf8))) {
        case .said(let saying):
            let extent = try #require(saying.answer.result ?? saying.answer.error)
            return String(decoding: saying.answer[extent], as: UTF8.self)
        case .unknown(let nearest):
            return "? " + (nearest.map { String(decoding: $0, as: UTF8.self) } ?? "nothing")
        }
    }

    @Test("what means the same is answered the same, whatever its spelling and its call")
    func meaning() throws {
        var server = try server([
            ("tools/call", #"{"name":"a","arguments":{"x":1,"y":"é"}}"#, #"{"n":1}"#),
            ("tools/call", #"{"name":"b"}"#, #"{"n":2}"#),
        ])
        let other = #"{"_meta":{"progressToken":9},"arguments":{"y":"\u00e9","x":1.0},"name":"a"}"#
        #expect(try ask(&server, "tools/call", other) == #"{"n":1}"#)
        #expect(try ask(&server, "tools/call", #"{"name":"b","arguments":{}}"#) == #"{"n":2}"#)
    }

    @Test("repeats are answered in their order, the last one again and again")
    func repeats() throws {
        let params = #"{"name":"a"}"#
        var server = try server([
            ("tools/call", params, #"{"n":1}"#), ("tools/call", params, #"{"n":2}"#),
        ])
        let answers = try (0..<4).map { _ in try ask(&server, "tools/call", params) }
        #expect(answers == [#"{"n":1}"#, #"{"n":2}"#, #"{"n":2}"#, #"{"n":2}"#])
    }

    @Test("of lists the latest counts, and no refusal takes its place")
    func lists() throws {
        var server = try server([
            ("tools/list", "{}", #"{"tools":[1]}"#), ("tools/list", "{}", #"{"tools":[2]}"#),
            ("tools/list", "{}", #"{"code":-32603,"message":"no"}"#),
        ])
        #expect(try ask(&server, "tools/list", "{}") == #"{"tools":[2]}"#)
        #expect(try ask(&server, "tools/list", "{}") == #"{"tools":[2]}"#)
    }

    @Test("what was taken out before it was written down may be anything")
    func masked() throws {
        var server = try server([
            (
                "tools/call", #"{"name":"a","arguments":{"password":"[redacted]","x":1}}"#,
                #"{"n":1}"#
            )
        ])
        let fits = #"{"name":"a","arguments":{"password":"hunter2","x":1}}"#
        #expect(try ask(&server, "tools/call", fits) == #"{"n":1}"#)
        let not = #"{"name":"a","arguments":{"password":"hunter2","x":2}}"#
        #expect(try ask(&server, "tools/call", not).hasPrefix("? {"))
    }

    @Test("of what was not recorded the nearest of the same item is named")
    func nearest() throws {
        var server = try server([
            ("tools/call", #"{"name":"a","arguments":{"x":1,"y":2,"z":3}}"#, "{}"),
            ("tools/call", #"{"name":"a","arguments":{"x":7}}"#, "{}"),
            ("tools/call", #"{"name":"b","arguments":{"x":1,"y":2,"z":4}}"#, "{}"),
        ])
        let wanted = #"{"name":"a","arguments":{"x":1,"y":2,"z":4}}"#
        #expect(
            try ask(&server, "tools/call", wanted)
                == #"? {"arguments":{"x":1,"y":2,"z":3},"name":"a"}"#)
        #expect(try ask(&server, "tools/call", #"{"name":"c"}"#) == "? nothing")
        #expect(try ask(&server, "prompts/get", #"{"name":"a"}"#) == "? nothing")
    }

    @Test("a call that asked for input is answered with what it came to")
    func rounds() throws {
        var server = try server([
            (
                "tools/call", #"{"name":"a","arguments":{}}"#,
                #"{"resultType":"input_required","inputRequests":{},"requestState":"s1"}"#
            ),
            (
                "tools/call", #"{"name":"a","requestState":"s1","inputResponses":{}}"#,
                #"{"resultType":"complete","n":1}"#
            ),
        ])
        #expect(
            try ask(&server, "tools/call", #"{"name":"a"}"#) == #"{"resultType":"complete","n":1}"#)
    }

    @Test("a call that was never answered is not known")
    func unanswered() throws {
        let lines = [
            SampleRecording.start,
            SampleRecording.line("upstream", request("tools/call", #"{"name":"a"}"#)),
        ]
        let recording = try Recording([Array(lines.joined(separator: "\n").utf8)])
        var server = RecordedServer(recording.exchanges)
        #expect(try ask(&server, "tools/call", #"{"name":"a"}"#) == "? nothing")
    }

    @Test("the handshake is the latest that succeeded")
    func handshake() throws {
        let server = try server([
            ("initialize", "{}", #"{"v":1}"#), ("initialize", #"{"a":1}"#, #"{"v":2}"#),
            ("server/discover", "{}", #"{"code":-32601,"message":"no"}"#),
        ])
        let answer = try #require(server.latest(.initialize))
        #expect(answer.result.map { answer.value($0)["v"]?.integer } == 2)
        #expect(server.latest(.discover)?.kind == .error)
        #expect(server.latest(.toolsList) == nil)
    }
}
