import Aggregator
import TestSupport
import Testing
import Wire

/// What questions may cost: memory, and the time of everybody else.
@Suite struct QuestionLimitTests {
    private let all = #"{"sampling":{},"elicitation":{"form":{},"url":{}},"roots":{}}"#

    private func ask(_ id: Int, _ text: String = "m") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"elicitation/create","params":{"message":"\#(text)"}}"#
    }

    private func open() -> (World, ScriptedServer, Client) {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        server.timeouts.idle = .seconds(20)
        let world = World([server])
        let client = world.client()
        client.open(all)
        return (world, server, client)
    }

    private func cancelled(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#
    }

    // MARK: Memory

    @Test("an upstream that asks a client that does not read is not read either, and loses nothing")
    func backPressure() {
        let (world, server, client) = open()
        client.transport.isBlocked = true
        client.transport.highWater = 1000
        for id in 0..<100 { server.connection?.say(ask(id)) }
        world.run()
        let load = client.transport.load.accepted - client.transport.sent
        #expect(load > 1000 && load < 1500)
        client.transport.isBlocked = false
        world.run()
        #expect(client.take().count == 100)
        world.stop()
    }

    @Test("a question withdrawn while its client does not read makes no room for more")
    func withdrawing() {
        let (world, server, client) = open()
        client.transport.isBlocked = true
        client.transport.highWater = 1000
        for id in 0..<100 {
            server.connection?.say(ask(id))
            server.connection?.say(cancelled(id))
        }
        world.run()
        // What was asked before the client was full is withdrawn there, which is short.
        #expect(client.transport.load.accepted - client.transport.sent < 2500)
        world.stop()
    }

    @Test("open questions hold 8 MiB at most: the newcomer is refused until there is room again")
    func bytes() {
        let (world, server, client) = open()
        let text = String(repeating: "x", count: 3 << 20)
        for id in 0..<3 { server.connection?.say(ask(id, text)) }
        world.run()
        let questions = client.take()
        #expect(questions.count == 2)
        #expect(server.received.last?.text.json("id") == "2")
        #expect(server.received.last?.text.value("error", "code")?.integer == -32600)
        server.connection?.say(cancelled(0))
        server.connection?.say(ask(3, text))
        world.run()
        #expect(client.take().count == 2)
        client.say(
            #"{"jsonrpc":"2.0","id":\#(questions[1].json("id") ?? ""),"result":{"action":"accept"}}"#
        )
        #expect(server.received.last?.text.json("id") == "1")
        server.connection?.say(ask(4, text))
        world.run()
        #expect(client.one().value("method")?.string == "elicitation/create")
        world.stop()
    }

    // MARK: Time

    @Test("a question that nobody answers is withdrawn after 10 minutes and answered with an error")
    func deadline() {
        let (world, server, client) = open()
        server.connection?.say(ask(7))
        world.run()
        let id = client.one().json("id") ?? ""
        world.advance(by: .seconds(590))
        #expect(client.take() == [])
        world.advance(by: .seconds(20))
        #expect(client.one().json("params") == #"{"requestId":\#(id)}"#)
        let answers = server.received.filter { $0.message.kind == .error }
        #expect(answers.count == 1)
        #expect(answers.last?.text.json("id") == "7")
        #expect(answers.last?.text.value("error", "code")?.integer == -32603)
        #expect(
            answers.last?.text.value("error", "message")?.string
                == "The client did not answer in 10 min.")
        // What comes afterwards is too late, and a question under the same id is a new one.
        client.say(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
        server.connection?.say(ask(7))
        world.run()
        #expect(client.one().value("method")?.string == "elicitation/create")
        #expect(server.received.filter { $0.message.kind == .result }.isEmpty)
        world.stop()
    }

    @Test("a question that nobody answers puts off the idle time until its end, not for ever")
    func idle() {
        let (world, server, client) = open()
        client.call("1", "one__echo")
        server.connection?.say(ask(7))
        world.advance(by: .seconds(595))
        #expect(client.one().value("method")?.string == "elicitation/create")
        world.advance(by: .seconds(40))
        let lines = client.take()
        #expect(lines.count == 2)
        #expect(lines.last?.value("result", "isError")?.bool == true)
        world.stop()
    }

    @Test("while its client does not read, a question's time runs all the same")
    func congested() {
        let (world, server, client) = open()
        client.transport.isBlocked = true
        client.transport.highWater = 10
        server.connection?.say(ask(7))
        world.advance(by: .seconds(610))
        #expect(server.received.last?.text.value("error", "code")?.integer == -32603)
        world.stop()
    }
}
