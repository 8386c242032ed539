import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct OpenQuestionTests {
    private let all = #"{"sampling":{},"elicitation":{"form":{},"url":{}},"roots":{}}"#

    private func ask(_ id: String, _ method: String, _ params: String = "{}") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
    }

    @Test("a withdrawn question is withdrawn from the client and not answered")
    func withdrawn() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(all)
        server.connection?.say(ask("7", "roots/list"))
        world.run()
        let id = client.one().json("id") ?? ""
        let before = server.received.count
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#)
        world.run()
        #expect(client.one().json("params") == #"{"requestId":\#(id)}"#)
        client.say(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
        #expect(server.received.count == before)
        world.stop()
    }

    @Test(
        "a question whose id is used again at once after it was withdrawn is a question of its own")
    func reusedID() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(all)
        let before = server.received.count
        server.connection?.source.push(
            Array(
                (ask("7", "roots/list") + "\n"
                    + #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#
                    + "\n" + ask("7", "roots/list") + "\n").utf8))
        world.run()
        #expect(server.received.count == before)
        let last = client.take().last { $0.value("method")?.string == "roots/list" }
        client.say(#"{"jsonrpc":"2.0","id":\#(last?.json("id") ?? ""),"result":{"roots":[]}}"#)
        #expect(
            server.received.dropFirst(before).map(\.text)
                == [#"{"jsonrpc":"2.0","id":7,"result":{"roots":[]}}"#])
        world.stop()
    }

    @Test("a second question under an id that is open is refused, the first goes on")
    func duplicate() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(all)
        server.connection?.say(ask("7", "roots/list"))
        server.connection?.say(ask("7", "roots/list"))
        world.run()
        let id = client.one().json("id") ?? ""
        #expect(server.received.last?.text.value("error", "code")?.integer == -32600)
        client.say(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
        #expect(server.received.last?.text == #"{"jsonrpc":"2.0","id":7,"result":{}}"#)
        world.stop()
    }

    @Test("an upstream's death withdraws its questions from the client")
    func death() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(all)
        server.connection?.say(ask("7", "roots/list"))
        world.run()
        let id = client.one().json("id") ?? ""
        server.connection?.die()
        world.run()
        #expect(client.one().json("params") == #"{"requestId":\#(id)}"#)
        world.stop()
    }

    @Test(
        "an answer of the client that is no answer fails the question instead of hanging it",
        arguments: [
            #""result":{},"error":{"code":1,"message":"m"}"#, #""error":5"#,
            #""result":{},"result":{}"#,
        ])
    func brokenAnswer(members: String) {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(all)
        server.connection?.say(ask("7", "roots/list"))
        world.run()
        let id = client.one().json("id") ?? ""
        client.say(#"{"jsonrpc":"2.0","id":\#(id),\#(members)}"#)
        #expect(client.take() == [])
        #expect(server.received.last?.text.value("error", "code")?.integer == -32603)
        #expect(server.received.last?.text.json("id") == "7")
        world.stop()
    }

    @Test("while a question is open, the silence of the call that it belongs to is forgiven")
    func patience() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        server.timeouts.idle = .seconds(20)
        let world = World([server])
        let client = world.client()
        client.open(all)
        client.call("1", "one__echo")
        server.connection?.say(ask("7", "elicitation/create", #"{"message":"m"}"#))
        world.advance(by: .seconds(100))
        #expect(client.take().map { $0.value("method")?.string } == ["elicitation/create"])
        world.stop()
    }

    @Test("no question is sent to a client that cannot be asked any more")
    func closed() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(all)
        client.end()
        _ = client.take()
        server.connection?.say(ask("7", "roots/list"))
        world.run()
        #expect(client.take() == [])
        #expect(server.received.last?.text.value("error", "code")?.integer == -32601)
        world.stop()
    }
}
