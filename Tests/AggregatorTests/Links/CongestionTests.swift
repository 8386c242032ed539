import Aggregator
import TestSupport
import Testing
import Wire

/// An upstream that does not read its standard input, or not fast enough.
@Suite struct CongestionTests {
    private func wedged(_ highWater: Int = 1000) -> (World, ScriptedServer, Client) {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        server.connection?.transport.isBlocked = true
        server.connection?.transport.highWater = highWater
        return (world, server, client)
    }

    private func waiting(_ connection: ScriptedConnection?) -> UInt64 {
        guard let transport = connection?.transport else { return 0 }
        return transport.load.accepted - transport.sent
    }

    @Test("notifications for an upstream that does not read are dropped, earlier calls are not")
    func notifications() {
        let (world, server, client) = wedged()
        client.call("1", "one__echo", #"{"n":1}"#)
        for _ in 0..<200 { client.notify("notifications/unheard") }
        #expect(waiting(server.connection) < 1200)
        #expect(world.log.all.contains { $0.contains("was dropped") })
        server.connection?.transport.isBlocked = false
        world.run()
        #expect(server.executed == [#"{"n":1}"#: 1])
        #expect(server.connections.count == 1)
        world.stop()
    }

    @Test("a cancellation goes to a congested upstream too")
    func cancellation() {
        let (world, server, client) = wedged(10)
        client.call("1", "one__echo", #"{"n":1}"#)
        client.notify("notifications/cancelled", #"{"requestId":1}"#)
        server.connection?.transport.isBlocked = false
        world.run()
        #expect(server.received("notifications/cancelled").count == 1)
        #expect(server.connections.count == 1)
        world.stop()
    }

    @Test("an upstream that asks and does not read the answers is ended, and started again")
    func replies() {
        let (world, server, client) = wedged()
        let first = server.connection
        for id in 0..<200 { first?.say(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#) }
        world.run()
        #expect(first?.hasEnded == true)
        #expect(waiting(first) < 2200)
        #expect(world.log.all.contains { $0.contains("does not read its standard input") })
        world.advance(by: .seconds(2))
        #expect(server.connections.count == 2)
        server.held = []
        client.call("1", "one__echo")
        #expect(client.one().json("result", "structuredContent") != nil)
        world.stop()
    }

    @Test("a call of which an upstream that does not read got nothing is made at the next one")
    func unsent() {
        let (world, server, client) = wedged()
        client.call("1", "one__echo", #"{"n":1}"#)
        for id in 0..<200 {
            server.connection?.say(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#)
        }
        server.held = []
        world.advance(by: .seconds(2))
        #expect(client.one().json("result", "structuredContent") != nil)
        #expect(server.executed == [#"{"n":1}"#: 1])
        world.stop()
    }

    @Test("one call longer than twice the mark does not end an upstream that asks meanwhile")
    func longCall() {
        let (world, server, client) = wedged()
        let text = String(repeating: "x", count: 5000)
        client.call("1", "one__echo", #"{"n":"\#(text)"}"#)
        for id in 0..<5 {
            server.connection?.say(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#)
        }
        world.run()
        server.connection?.transport.isBlocked = false
        world.run()
        #expect(server.connections.count == 1)
        #expect(server.executed.count == 1)
        world.stop()
    }

    @Test("of the calls that wait for room, no more go than there is room for")
    func herd() {
        let (world, server, client) = wedged()
        let text = String(repeating: "x", count: 900)
        for id in 0..<20 { client.call("\(id)", "one__echo", #"{"n":\#(id),"x":"\#(text)"}"#) }
        #expect(waiting(server.connection) < 2500)
        server.connection?.transport.isBlocked = false
        world.run()
        #expect(server.executed.count == 20)
        world.stop()
    }
}
