import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct RequestTests {
    @Test("before initialize only ping and initialize are answered with a result")
    func unopened() {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.request("1", "ping")
        #expect(client.one() == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
        client.request("2", "tools/list")
        #expect(client.one().value("error", "code")?.integer == -32602)
        client.request("3", "server/discover")
        #expect(client.one().value("error", "code")?.integer == -32602)
        client.notify("notifications/cancelled", #"{"requestId":3}"#)
        #expect(client.take() == [])
        world.stop()
    }

    @Test("a call reaches its upstream under the original name and its answer comes back")
    func call() {
        let server = ScriptedServer("one", tools: ["echo"])
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("7", "one__echo", #"{ "a" : 1.0 }"#)
        #expect(
            client.one()
                == #"{"jsonrpc":"2.0","id":7,"result":{"content":[],"structuredContent":"#
                + #"{"server":"one","name":"echo","arguments":{ "a" : 1.0 }}}}"#)
        #expect(server.received("tools/call").first?.arguments == #"{ "a" : 1.0 }"#)
        world.stop()
    }

    @Test(
        "an id is restored exactly as it came",
        arguments: [
            "1", "\"1\"", "1.0", "9223372036854775808", "0", "-1", "1e2", "\"\\u0041\"", "\"\"",
        ])
    func ids(id: String) {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.open()
        client.call(id, "one__echo")
        #expect(client.one().json("id") == id)
        world.stop()
    }

    @Test("ids 1, \"1\" and 1.0 are three requests")
    func spellings() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        for id in ["1", "\"1\"", "1.0"] { client.call(id, "one__echo", #"{"id":\#(id)}"#) }
        #expect(client.take() == [])
        for request in server.open("tools/call").reversed() {
            server.connection?.answer(request, server.connection?.echo(request) ?? "")
        }
        world.run()
        let lines = client.take()
        #expect(lines.map { $0.json("id") } == ["1.0", "\"1\"", "1"])
        for line in lines {
            #expect(line.json("id") == line.json("result", "structuredContent", "arguments", "id"))
        }
        world.stop()
    }

    @Test("a second request under an id in flight is refused and the first is not disturbed")
    func duplicate() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        client.call("1", "one__echo")
        #expect(client.one().value("error", "code")?.integer == -32600)
        #expect(server.open("tools/call").count == 1)
        for request in server.open("tools/call") { server.connection?.oblige(request) }
        world.run()
        #expect(client.one().json("result") != nil)
        client.call("1", "one__echo")
        #expect(server.open("tools/call").count == 1)
        world.stop()
    }

    @Test("what the upstream answers is passed on byte for byte but for the id")
    func fidelity() {
        let server = ScriptedServer("one")
        let result = #"{ "z":1.0, "a":-0,"a":1E400 ,"s":"\ud800\u0041/\/", "n":9007199254740993 }"#
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.say(
                #"{"result":\#(result), "x":{"y":[]},"id" : \#(request.id) ,"jsonrpc":"2.0"}"#)
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("\"é\"", "one__echo")
        #expect(
            client.one() == #"{"result":\#(result), "x":{"y":[]},"id" : "é" ,"jsonrpc":"2.0"}"#)
        world.stop()
    }

    @Test("an upstream's error keeps its code, message and data")
    func error() {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.say(
                #"{"jsonrpc":"2.0","id":\#(request.id),"error":{"code":-7,"message":"m","data":[1]}}"#
            )
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        #expect(client.one().json("error") == #"{"code":-7,"message":"m","data":[1]}"#)
        world.stop()
    }

    @Test(
        "a request that nobody can serve gets the error that its kind has",
        arguments: [
            ("tools/call", #"{"name":"nobody"}"#, -32602), ("tools/call", "{}", -32602),
            ("tools/call", #"{"name":5}"#, -32602), ("prompts/get", #"{"name":"x"}"#, -32602),
            ("resources/read", #"{"uri":"x:y"}"#, -32002), ("resources/read", "{}", -32602),
            ("completion/complete", "{}", -32602), ("tasks/get", "{}", -32601),
            ("sampling/createMessage", "{}", -32601), ("no/such", "{}", -32601),
            ("logging/setLevel", #"{"level":"loud"}"#, -32602),
            ("resources/subscribe", "{}", -32602), ("tools/list", #"{"cursor":"x"}"#, -32602),
            ("resources/read", #"{"uri":"manifold://nobody/x"}"#, -32002),
        ])
    func errors(method: String, params: String, code: Int) {
        let world = World([ScriptedServer("one"), ScriptedServer("two")])
        let client = world.client()
        client.open()
        client.request("1", method, params)
        #expect(client.one().value("error", "code")?.integer == code)
        world.stop()
    }

    @Test("a null cursor is none")
    func nullCursor() {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.open()
        client.request("1", "tools/list", #"{"cursor":null}"#)
        #expect(client.one().names == ["one__echo"])
        world.stop()
    }

    @Test("an unknown method goes to the only upstream, and to nobody when there are two")
    func unknownMethod() {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "acme/do" else { return false }
            connection.answer(request, #"{"did":\#(request.params)}"#)
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "acme/do", #"{"x":1}"#)
        #expect(client.one().json("result") == #"{"did":{"x":1}}"#)
        world.stop()
    }

    @Test("a request without an id is carried out by nobody, in neither direction")
    func withoutID() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        let before = server.received.count
        for method in Method.allCases where !method.mayBeTold && !method.name.isEmpty {
            client.notify(method.name, #"{"name":"one__echo","uri":"x:y","arguments":{}}"#)
        }
        #expect(server.received.count == before && server.executed.isEmpty)
        for method in Method.allCases where !method.mayBeTold && !method.name.isEmpty {
            server.connection?.say(#"{"jsonrpc":"2.0","method":"\#(method.name)","params":{}}"#)
        }
        world.run()
        #expect(client.take() == [])
        #expect(world.log.all.contains { $0.contains("'tools/call' is a request, and has no id") })
        world.stop()
    }

    @Test("an unknown notification goes to every upstream")
    func unknownNotification() {
        let servers = [ScriptedServer("one"), ScriptedServer("two")]
        let world = World(servers)
        let client = world.client()
        client.open()
        client.notify("acme/happened", #"{"x":1}"#)
        for server in servers {
            #expect(server.received("acme/happened").map(\.params) == [#"{"x":1}"#])
        }
        world.stop()
    }

    @Test("the cap on requests under way refuses the one too many")
    func cap() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server]) { $0.limits.inFlight = 2 }
        let client = world.client()
        client.open()
        for id in 1...3 { client.call("\(id)", "one__echo") }
        let line = client.one()
        #expect(line.json("id") == "3")
        #expect(line.value("error", "code")?.integer == -32603)
        client.request("4", "ping")
        _ = client.take()
        world.stop()
    }

    @Test(
        "a line that is no message is answered once, with what is known of its id",
        arguments: [
            ("{", "null", -32700), ("[]", "null", -32600), ("{}", "null", -32600),
            (#"{"jsonrpc":"2.0","id":3,"method":5}"#, "3", -32600),
            (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "null", -32600),
            (#"{"jsonrpc":"1.0","id":3,"method":"ping"}"#, "3", -32600),
            (#"{"jsonrpc":"2.0","id":3,"id":4,"method":"ping"}"#, "3", -32600),
            (#"{"jsonrpc":"2.0","id":3,"method":"ping","params":[]}"#, "3", -32600),
            ("{\"jsonrpc\":\"2.0\",\"id\":\"a\rb\",\"method\":\"ping\"}", "null", -32700),
        ])
    func malformed(line: String, id: String, code: Int) {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.open()
        client.say(line)
        let answer = client.one()
        #expect(answer.value("error", "code")?.integer == code)
        #expect(answer.json("id") == id || answer.json("id") == "null")
        client.request("9", "ping")
        #expect(client.one() == #"{"jsonrpc":"2.0","id":9,"result":{}}"#)
        world.stop()
    }

    @Test("the end of the session answers what is under way, saying that it may have run")
    func end() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        client.end()
        let line = client.one()
        #expect(line.json("id") == "1")
        #expect(line.json("error", "data", "manifold/executed") == "\"unknown\"")
        #expect(client.hasEnded)
        #expect(server.received("notifications/cancelled").count == 1)
        world.stop()
    }
}
