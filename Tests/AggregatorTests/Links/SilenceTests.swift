import Aggregator
import TestSupport
import Testing
import Wire

/// What counts as silence of an upstream, and what does not.
@Suite struct SilenceTests {
    private func calling() -> (World, ScriptedServer, Client) {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        server.timeouts.idle = .seconds(20)
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        return (world, server, client)
    }

    @Test(
        "any bytes of an upstream are a sign of life for every call, even parts of a line",
        arguments: [
            "hello\n", "{\"jsonrpc\":",
            "{\"jsonrpc\":\"2.0\",\"id\":999,\"result\":{}}\n",
            "{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"method\":\"ping\"}\n",
        ])
    func anyBytes(text: String) {
        let (world, server, client) = calling()
        for _ in 0..<4 {
            world.advance(by: .seconds(15))
            server.connection?.source.push(Array(text.utf8))
            world.run()
        }
        #expect(client.take() == [])
        world.advance(by: .seconds(25))
        #expect(client.one().value("result", "isError")?.bool == true)
        world.stop()
    }

    @Test("the total time ends a call however much is heard")
    func total() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        server.timeouts.idle = .seconds(20)
        server.timeouts.total = .seconds(40)
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        for _ in 0..<10 {
            world.advance(by: .seconds(5))
            server.connection?.say("hello")
            world.run()
        }
        #expect(client.one().value("result", "isError")?.bool == true)
        world.stop()
    }

    @Test("an upstream that only chats does not put off the end of its handshake")
    func handshake() {
        let server = ScriptedServer("one")
        server.held = ["initialize"]
        server.timeouts.start = .seconds(10)
        let world = World([server])
        let client = world.client()
        client.open(settling: false)
        for _ in 0..<12 {
            world.advance(by: .seconds(1))
            server.connection?.say("hello")
            world.run()
        }
        #expect(world.log.all.contains { $0.contains("did not answer 'initialize' within 10 s") })
        world.stop()
    }

    @Test("an upstream that is kept waiting by a slow client is not silent until it is read again")
    func paused() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        server.timeouts.idle = .seconds(20)
        let world = World([server])
        let slow = world.client()
        let quick = world.client()
        for client in [slow, quick] { client.open() }
        slow.call("1", "one__echo", #"{"n":1}"#)
        slow.call("2", "one__echo", #"{"n":2}"#)
        quick.call("3", "one__echo", #"{"n":3}"#)
        quick.call("4", "one__echo", #"{"n":4}"#)
        slow.transport.isBlocked = true
        slow.transport.highWater = 10
        for request in server.open("tools/call").prefix(3) {
            server.connection?.oblige(request)
            world.run()
        }
        world.advance(by: .seconds(100))
        #expect(quick.take() == [])
        slow.transport.isBlocked = false
        world.advance(by: .seconds(15))
        #expect(slow.take().count == 2)
        let answer = quick.one()
        #expect(answer.json("id") == "3")
        #expect(answer.json("result", "structuredContent") != nil)
        world.advance(by: .seconds(10))
        let late = quick.one()
        #expect(late.json("id") == "4")
        #expect(late.value("result", "isError")?.bool == true)
        world.stop()
    }

    @Test("an upstream that waits for a client's room for a notification is not silent either")
    func pausedByAside() {
        let (world, server, client) = calling()
        client.transport.isBlocked = true
        client.transport.highWater = 10
        for _ in 0..<3 {
            server.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/message","params":{}}"#)
        }
        world.advance(by: .seconds(100))
        server.connection?.oblige(server.open("tools/call")[0])
        client.transport.isBlocked = false
        world.run()
        #expect(client.take().last?.json("result", "structuredContent") != nil)
        world.stop()
    }
}
