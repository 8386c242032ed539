import Aggregator
import TestSupport
import Testing
import Wire

/// Clients with sessions in front of servers of 2026-07-28 that ask inside of their results: what is
/// asked, and what is answered.
@Suite struct DrivingTests {
    @Test(
        "an envelope offers what the session has, in the words of the newer revision",
        arguments: [
            (#"{}"#, "2025-11-25", #"{}"#),
            (#"{"elicitation":{}}"#, "2025-06-18", #"{"elicitation":{"form":{}}}"#),
            (
                #"{"elicitation":{"form":{},"url":{}}}"#, "2025-06-18",
                #"{"elicitation":{"form":{}}}"#
            ),
            (
                #"{"elicitation":{"form":{"y":1},"url":{}}}"#, "2025-11-25",
                #"{"elicitation":{"form":{},"url":{}}}"#
            ),
            (#"{"elicitation":{"url":{}}}"#, "2025-11-25", #"{"elicitation":{"url":{}}}"#),
            (
                #"{"roots":{"listChanged":true},"sampling":{"tools":{}},"tasks":{},"x":{}}"#,
                "2025-11-25", #"{"sampling":{"tools":{}},"roots":{}}"#
            ),
            (
                #"{"sampling":{"context":{}},"experimental":{}}"#, "2024-11-05",
                #"{"sampling":{"context":{}}}"#
            ),
        ])
    func offered(capabilities: String, revision: String, expected: String) {
        let server = Driving.server([])
        let (world, client) = Driving.open(server, capabilities, revision: revision)
        client.call("1", "one__echo")
        let meta = server.received("tools/call").last?.params.value("_meta")
        let offered = meta?["io.modelcontextprotocol/clientCapabilities"]?.raw
        #expect(offered.map { String(decoding: $0, as: UTF8.self) } == expected)
        #expect(server.complaints == [])
        world.stop()
    }

    @Test("what is asked in one round reaches the client at once, and its answers go back together")
    func round() {
        let server = Driving.server([
            Driving.asking(
                #""w\u0068o":\#(Driving.name),"m":\#(Driving.model),"r":\#(Driving.roots)"#,
                state: #""S\u002f1\/""#)
        ])
        let (world, client) = Driving.open(server)
        client.call("4", "one__echo", #"{ "n" : 1.0 }"#, meta: #"{"x":2}"#)
        let questions = client.take()
        #expect(
            questions.map { $0.json("method") } == [
                #""elicitation/create""#, #""sampling/createMessage""#, #""roots/list""#,
            ])
        #expect(Set(questions.map { $0.json("id") }).count == 3)
        #expect(questions[0].json("params") == #"{"message":"[one] Who?","x":1.0}"#)
        #expect(questions[1].json("params") == #"{"maxTokens":5}"#)
        #expect(questions[2].json("params") == nil)
        client.say(Driving.answer(questions[2], #"{"roots":[]}"#))
        client.say(Driving.answer(questions[0], #"{"action":"accept","content":{"n":1.50}}"#))
        #expect(server.received("tools/call").count == 1)
        client.say(Driving.answer(questions[1], #"{"model":"m"}"#))
        let calls = server.received("tools/call")
        #expect(calls.count == 2 && calls[0].id != calls[1].id)
        let second = calls[1].params
        #expect(second.json("name") == #""echo""#)
        #expect(second.json("arguments") == #"{ "n" : 1.0 }"#)
        #expect(second.json("requestState") == #""S\u002f1\/""#)
        #expect(
            second.json("inputResponses")
                == #"{"w\u0068o":{"action":"accept","content":{"n":1.50}},"m":{"model":"m"},"#
                + #""r":{"roots":[]}}"#)
        #expect(second.json("_meta", "x") == "2")
        let version = second.value("_meta")?["io.modelcontextprotocol/protocolVersion"]
        #expect(version?.string == "2026-07-28")
        #expect(client.one() == #"{"jsonrpc":"2.0","id":4,"result":{"content":[],"x":1.0}}"#)
        #expect(server.complaints == [])
        world.stop()
    }

    @Test(
        "prompts and resources are driven as tools are",
        arguments: [
            ("prompts/get", #"{"name":"one__greet"}"#), ("resources/read", #"{"uri":"a:b"}"#),
        ])
    func others(method: String, params: String) {
        let server = Driving.server([Driving.asking(#""r":\#(Driving.roots)"#)], methods: [method])
        let (world, client) = Driving.open(server)
        client.request("1", method, params)
        client.say(Driving.answer(client.one(), #"{"roots":[]}"#))
        #expect(client.one() == #"{"jsonrpc":"2.0","id":1,"result":{"content":[],"x":1.0}}"#)
        let second = server.received(method).last?.params
        #expect(second?.json("inputResponses") == #"{"r":{"roots":[]}}"#)
        // There was none.
        #expect(second?.json("requestState") == nil)
        world.stop()
    }

    @Test("a state of an earlier round does not outlive it, nor do its answers")
    func forgetting() {
        let server = Driving.server([
            Driving.asking(#""a":\#(Driving.roots)"#, state: #""1""#),
            Driving.asking(#""b":\#(Driving.roots)"#),
            Driving.asking(nil, state: #""3""#),
        ])
        let (world, client) = Driving.open(server)
        // What a client says there by itself is for the first round.
        client.request(
            "1", "tools/call", #"{"name":"one__echo","requestState":"mine","inputResponses":{}}"#)
        client.say(Driving.answer(client.one(), #"{"roots":[1]}"#))
        client.say(Driving.answer(client.one(), #"{"roots":[2]}"#))
        world.advance(by: .milliseconds(50))
        let calls = server.received("tools/call").map(\.params)
        #expect(calls.map { $0.json("requestState") } == [#""mine""#, #""1""#, nil, #""3""#])
        #expect(
            calls.map { $0.json("inputResponses") }
                == ["{}", #"{"a":{"roots":[1]}}"#, #"{"b":{"roots":[2]}}"#, nil])
        #expect(client.one().json("id") == "1")
        world.stop()
    }

    @Test("a page to be opened gets an id that says whose it is; one that is there gets its name")
    func pages() {
        let page = #"{"method":"elicitation/create","params":{"mode":"url","message":"m","url":"u"#
        let server = Driving.server([
            Driving.asking(#""a":\#(page)"}},"b":\#(page)"}},"c":\#(page)","elicitationId":"e"}}"#)
        ])
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        let ids = client.take().compactMap { $0.value("params", "elicitationId")?.string }
        #expect(ids.count == 3 && Set(ids).count == 3)
        #expect(ids.allSatisfy { $0.hasPrefix("one/") } && ids.last == "one/e")
        world.stop()
    }

    @Test(
        "what the client did not offer is not asked, and named",
        arguments: [
            (#"{}"#, "2025-11-25", Driving.name, "'elicitation'"),
            (#"{"roots":{}}"#, "2025-11-25", Driving.model, "'sampling'"),
            (#"{"sampling":{}}"#, "2025-11-25", Driving.roots, "'roots'"),
            (
                #"{"elicitation":{"form":{},"url":{}}}"#, "2025-06-18",
                #"{"method":"elicitation/create","params":{"mode":"url"}}"#, "URL mode"
            ),
        ])
    func gate(capabilities: String, revision: String, request: String, missing: String) {
        let server = Driving.server(
            [Driving.asking(#""q":\#(request)"#)], methods: ["tools/call"])
        let (world, client) = Driving.open(server, capabilities, revision: revision)
        client.call("1", "one__echo")
        let answer = client.one()
        #expect(answer.json("result", "isError") == "true")
        let text = answer.value("result", "content", "0", "text")?.string
        #expect(text?.contains(missing) == true)
        #expect(answer.json("result", "_meta", "manifold/executed") == #""unknown""#)
        #expect(server.received("tools/call").count == 1)
        world.stop()
    }

    @Test("a prompt whose upstream wants what the client did not offer is an error")
    func promptGate() {
        let server = Driving.server(
            [Driving.asking(#""q":\#(Driving.model)"#)], methods: ["prompts/get"])
        let (world, client) = Driving.open(server, "{}")
        client.request("1", "prompts/get", #"{"name":"one__greet"}"#)
        let answer = client.one()
        #expect(answer.json("error", "code") == "-32603")
        #expect(answer.value("error", "message")?.string?.contains("'sampling'") == true)
        world.stop()
    }

    @Test("an upstream that says what is missing is understood: a text for tools, an error else")
    func missing() {
        let server = ScriptedServer.modern("one")
        server.prompts = [#"{"name":"greet"}"#]
        server.script = { connection, request in
            guard ["tools/call", "prompts/get"].contains(request.method) else { return false }
            connection.say(
                #"{"jsonrpc":"2.0","id":\#(request.id),"error":{"code":-32021,"message":"more!","#
                    + #""data":{"requiredCapabilities":{"sampling":{}}}}}"#)
            return true
        }
        let (world, client) = Driving.open(server, "{}")
        client.call("1", "one__echo")
        let tool = client.one()
        #expect(tool.json("result", "isError") == "true")
        let text = tool.value("result", "content", "0", "text")?.string
        #expect(text?.contains("sampling") == true && text?.contains("more!") == true)
        client.request("2", "prompts/get", #"{"name":"one__greet"}"#)
        #expect(client.one().json("error", "code") == "-32603")
        world.stop()
    }
}
