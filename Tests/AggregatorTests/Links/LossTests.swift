import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct LossTests {
    @Test("after a loss the level and the subscriptions are replayed, and nobody notices")
    func replay() {
        let server = ScriptedServer("one")
        server.resources = [#"{"uri":"a:b","name":"b"}"#]
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "logging/setLevel", #"{"level":"warning"}"#)
        client.request("2", "resources/subscribe", #"{"uri":"a:b"}"#)
        _ = client.take()
        server.connection?.die()
        world.advance(by: .seconds(2))
        let second = server.received.filter { $0.connection == 1 }
        #expect(second.prefix(2).map(\.method) == ["initialize", "notifications/initialized"])
        #expect(
            second.filter { $0.method == "logging/setLevel" }.map(\.params) == [
                #"{"level":"warning"}"#
            ])
        #expect(
            second.filter { $0.method == "resources/subscribe" }.map(\.params) == [
                #"{"uri":"a:b"}"#
            ])
        // Changes may have been missed meanwhile, and only the one who watches is told.
        let updated =
            #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a:b"}}"#
        #expect(client.take() == [updated])
        client.call("3", "one__echo")
        #expect(client.one().json("result") != nil)
        world.stop()
    }

    @Test(
        "a call under way when its upstream dies fails, says that it may have run, and is not sent again"
    )
    func lost() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo", #"{"n":1}"#)
        server.connection?.die()
        world.run()
        let line = client.one()
        #expect(line.value("result", "isError")?.bool == true)
        #expect(line.json("result", "_meta", "manifold/executed") == "\"unknown\"")
        #expect(line.json("result", "_meta", "manifold/upstream") == "\"one\"")
        #expect(line.split(separator: "may have run").count == 2)
        world.advance(by: .seconds(10))
        #expect(server.executed == [#"{"n":1}"#: 1])
        world.stop()
    }

    @Test("a call of which nothing was sent is sent to the next connection, once")
    func unsent() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        server.connection?.transport.isBlocked = true
        client.call("1", "one__echo", #"{"n":1}"#)
        server.connection?.die()
        world.run()
        #expect(client.take() == [])
        // The dying server would still read what is in its pipe.
        server.connection?.transport.isBlocked = false
        world.advance(by: .seconds(2))
        #expect(client.one().json("result", "structuredContent") != nil)
        #expect(server.executed == [#"{"n":1}"#: 1])
        world.stop()
    }

    @Test("a dying server that still reads does not carry out what is sent elsewhere")
    func halfDead() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        let first = server.connection
        first?.transport.isBlocked = true
        client.call("1", "one__echo", #"{"n":1}"#)
        // Its output ends, but it goes on reading its input.
        first?.source.end()
        world.run()
        first?.transport.isBlocked = false
        world.advance(by: .seconds(2))
        #expect(server.connections.count == 2)
        #expect(client.one().json("result", "structuredContent") != nil)
        #expect(server.executed == [#"{"n":1}"#: 1])
        world.stop()
    }

    @Test("a call made while a lost upstream is still being cleared away waits for the next")
    func whileDying() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        let first = server.connection
        first?.farewell = Latch()
        first?.die()
        world.run()
        client.call("1", "one__echo", #"{"n":1}"#)
        #expect(client.take() == [])
        first?.farewell?.open()
        world.advance(by: .seconds(2))
        #expect(client.one().json("result", "structuredContent") != nil)
        #expect(server.executed == [#"{"n":1}"#: 1])
        world.stop()
    }

    @Test("a call made while its upstream backs off waits for the next try")
    func backingOff() {
        let server = ScriptedServer("one")
        let world = World([server], fraction: 1)
        let client = world.client()
        client.open()
        server.connection?.die()
        world.run()
        client.call("1", "one__echo")
        #expect(client.take() == [])
        world.advance(by: .seconds(2))
        #expect(client.one().json("result", "structuredContent") != nil)
        world.stop()
    }

    @Test("a call that waited for a try that fails is told so, and that it did not run")
    func nextTryFails() {
        let server = ScriptedServer("one")
        let world = World([server], fraction: 1)
        let client = world.client()
        client.open()
        server.connection?.die()
        world.run()
        // What became of its handshake says nothing about the call.
        server.refusal = Failure(
            .lost, "Upstream 'one' did not answer to the end.", upstream: "one",
            executed: .unknown)
        client.call("1", "one__echo")
        world.advance(by: .seconds(1))
        let line = client.one()
        #expect(line.contains("to the end. The tool did not run. The next try is in"))
        #expect(line.value("result", "isError")?.bool == true)
        #expect(line.json("result", "_meta", "manifold/executed") == "\"no\"")
        world.stop()
    }

    @Test("lists that break off in a loss change nothing")
    func lossWhileListing() {
        let server = ScriptedServer("one", tools: ["a", "b"])
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "tools/list")
        #expect(client.one().names == ["one__a", "one__b"])
        server.script = { connection, request in
            guard request.method == "tools/list", connection.number == 0 else { return false }
            if request.params == "{}" {
                connection.answer(request, #"{"tools":[{"name":"a"}],"nextCursor":"2"}"#)
            } else {
                connection.farewell = Latch()
                connection.die()
            }
            return true
        }
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        world.advance(by: .seconds(1))
        client.request("2", "tools/list")
        #expect(client.one().names == ["one__a", "one__b"])
        server.connections[0].farewell?.open()
        world.advance(by: .seconds(5))
        #expect(server.connections.count == 2)
        #expect(client.take() == [])
        world.stop()
    }

    @Test("a call whose upstream is tried again for the first time waits for that try too")
    func secondTry() {
        let server = ScriptedServer("one")
        server.refusal = Failure(.unavailable, "Could not start 'one'.")
        let world = World([server])
        let client = world.client()
        client.open(settling: false)
        world.run()
        server.refusal = nil
        let door = Latch()
        server.door = door
        world.advance(by: .seconds(1))
        client.call("1", "one__echo")
        #expect(client.take() == [])
        door.open()
        world.run()
        #expect(client.take().last?.json("result", "structuredContent") != nil)
        world.stop()
    }

    @Test(
        "a call that does not reach its server is made again while the conversation goes on",
        arguments: [1, 2, 3, 4])
    func unreached(times: Int) {
        let server = ScriptedServer("one")
        server.keepsEra = false
        let world = World([server])
        let client = world.client()
        client.open()
        server.unreached = Array(repeating: "tools/call", count: times)
        client.call("1", "one__echo")
        world.advance(by: .seconds(1))
        let answer = client.one()
        if times < 4 {
            #expect(answer.json("result", "structuredContent") != nil)
        } else {
            #expect(
                answer.json("result", "_meta", "manifold/executed") == #""no""#, "\(answer)")
        }
        client.call("2", "one__echo")
        #expect(client.one().json("result", "structuredContent") != nil)
        #expect(server.connections.count == 1)
        world.stop()
    }
}
