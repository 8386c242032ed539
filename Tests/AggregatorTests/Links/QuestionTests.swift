import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct QuestionTests {
    private let all = #"{"sampling":{},"elicitation":{"form":{},"url":{}},"roots":{}}"#

    private func ask(_ id: String, _ method: String, _ params: String = "{}") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
    }

    @Test("questions of two upstreams under one id reach the client under two, answers find back")
    func collision() {
        let servers = [ScriptedServer("one"), ScriptedServer("two")]
        let world = World(servers)
        let client = world.client()
        client.open(all)
        for server in servers { server.connection?.say(ask("0", "roots/list")) }
        world.run()
        let questions = client.take()
        #expect(questions.count == 2)
        let ids = questions.compactMap { $0.json("id") }
        #expect(Set(ids).count == 2)
        for id in ids.reversed() {
            client.say(#"{"jsonrpc":"2.0","id":\#(id),"result":{"roots":[],"for":\#(id)}}"#)
        }
        for (server, id) in zip(servers, ids) {
            #expect(
                server.received.last?.text
                    == #"{"jsonrpc":"2.0","id":0,"result":{"roots":[],"for":\#(id)}}"#)
        }
        world.stop()
    }

    @Test(
        "the id of a question is given back exactly",
        arguments: ["0", "\"x\"", "1.50", "18446744073709551616"])
    func ids(id: String) {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(all)
        server.connection?.say(ask(id, "sampling/createMessage"))
        world.run()
        let question = client.one().json("id") ?? ""
        client.say(#"{"jsonrpc":"2.0","id":\#(question),"error":{"code":-1,"message":"rejected"}}"#)
        #expect(
            server.received.last?.text
                == #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-1,"message":"rejected"}}"#)
        world.stop()
    }

    @Test("an elicitation says which upstream asks, and its text keeps its bytes")
    func prefix() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(all)
        let params = #"{"message":"\u0041 \/","requestedSchema":{"x":1.0}}"#
        server.connection?.say(ask("1", "elicitation/create", params))
        world.run()
        #expect(
            client.one().json("params")
                == #"{"message":"[one] \u0041 \/","requestedSchema":{"x":1.0}}"#)
        world.stop()
    }

    @Test("an elicitation's id carries its upstream, and so does the note that it is complete")
    func elicitationID() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(all)
        server.connection?.say(
            ask(
                "1", "elicitation/create",
                #"{"mode":"url","message":"m","url":"u","elicitationId":"e"}"#))
        world.run()
        #expect(client.one().json("params", "elicitationId") == "\"one/e\"")
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/elicitation/complete","#
                + #""params":{"elicitationId":"e"}}"#)
        world.run()
        #expect(client.one().json("params") == #"{"elicitationId":"one/e"}"#)
        world.stop()
    }

    @Test(
        "what the client did not offer is refused without troubling it",
        arguments: [
            ("roots/list", "{}", -32601), ("sampling/createMessage", "{}", -32601),
            ("elicitation/create", #"{"message":"m"}"#, -32601),
        ])
    func gate(method: String, params: String, code: Int) {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        server.connection?.say(ask("5", method, params))
        world.run()
        #expect(client.take() == [])
        #expect(server.received.last?.text.value("error", "code")?.integer == code)
        world.stop()
    }

    @Test(
        "a mode or a part that the client lacks is refused",
        arguments: [
            (#"{"elicitation":{}}"#, "elicitation/create", #"{"mode":"url"}"#),
            (#"{"elicitation":{"url":{}}}"#, "elicitation/create", #"{"message":"m"}"#),
            (#"{"sampling":{}}"#, "sampling/createMessage", #"{"tools":[]}"#),
            (#"{"sampling":{}}"#, "sampling/createMessage", #"{"toolChoice":{}}"#),
        ])
    func modes(offered: String, method: String, params: String) {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(offered)
        server.connection?.say(ask("5", method, params))
        world.run()
        #expect(client.take() == [])
        #expect(server.received.last?.text.value("error", "code")?.integer == -32602)
        world.stop()
    }

    @Test("what two clients could be meant by is refused, one with a call under way gets it")
    func attribution() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let clients = [world.client(), world.client()]
        for client in clients { client.open(all) }
        server.connection?.say(ask("1", "roots/list"))
        world.run()
        for client in clients { #expect(client.take() == []) }
        #expect(server.received.last?.text.value("error", "code")?.integer == -32601)
        clients[1].call("1", "one__echo")
        server.connection?.say(ask("2", "roots/list"))
        world.run()
        #expect(clients[0].take() == [])
        #expect(clients[1].one().value("method")?.string == "roots/list")
        world.stop()
    }

    @Test("a ping of the server is answered here, before and after anybody asks")
    func ping() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        server.connection?.say(ask("\"p\"", "ping"))
        world.run()
        #expect(server.received.last?.text == #"{"jsonrpc":"2.0","id":"p","result":{}}"#)
        #expect(client.take() == [])
        world.stop()
    }

    @Test("progress on a question goes to the upstream that asked, under its own token")
    func progress() {
        let servers = [ScriptedServer("one"), ScriptedServer("two")]
        let world = World(servers)
        let client = world.client()
        client.open(all)
        for server in servers {
            server.connection?.say(
                ask(
                    "0", "sampling/createMessage",
                    #"{"_meta":{"progressToken":"\#(server.name)"}}"#))
        }
        world.run()
        let tokens = client.take().compactMap { $0.json("params", "_meta", "progressToken") }
        #expect(Set(tokens).count == 2)
        client.notify("notifications/progress", #"{"progressToken":\#(tokens[1]),"progress":1.0}"#)
        #expect(servers[0].received("notifications/progress").isEmpty)
        #expect(
            servers[1].received("notifications/progress").map(\.params)
                == [#"{"progressToken":"two","progress":1.0}"#])
        world.stop()
    }
}
