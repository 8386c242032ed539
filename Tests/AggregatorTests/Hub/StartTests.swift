import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct StartTests {
    @Test("the first list waits for upstreams that are starting")
    func waits() {
        let servers = [ScriptedServer("one"), ScriptedServer("two")]
        servers[1].door = Latch()
        let world = World(servers)
        let client = world.client()
        client.open(settling: false)
        client.request("1", "tools/list")
        world.advance(by: .seconds(1))
        #expect(client.take().filter { $0.json("id") != nil } == [])
        servers[1].door?.open()
        world.run()
        #expect(client.take().last?.names == ["one__echo", "two__echo"])
        world.stop()
    }

    @Test("a hanging upstream holds up the first list as long as configured, and no later one")
    func bound() {
        let servers = [ScriptedServer("one"), ScriptedServer("two")]
        servers[1].door = Latch()
        let world = World(servers) { $0.limits.startWait = .seconds(3) }
        let client = world.client()
        client.open(settling: false)
        client.request("1", "tools/list")
        world.advance(by: .milliseconds(2900))
        #expect(client.take().filter { $0.json("id") != nil } == [])
        world.advance(by: .milliseconds(200))
        #expect(client.take().last?.names == ["one__echo"])
        client.request("2", "tools/list")
        #expect(client.one().names == ["one__echo"])
        client.call("3", "one__echo")
        #expect(client.one().json("result") != nil)
        servers[1].door?.open()
        world.advance(by: .seconds(1))
        #expect(client.one().value("method")?.string == "notifications/tools/list_changed")
        world.stop()
    }

    @Test("a call by a name that nobody has yet waits while an upstream is starting")
    func callWaits() {
        let servers = [ScriptedServer("one"), ScriptedServer("two")]
        servers[1].door = Latch()
        let world = World(servers)
        let client = world.client()
        client.open(settling: false)
        client.call("1", "two__echo")
        client.call("2", "two__nothing")
        #expect(client.take() == [])
        servers[1].door?.open()
        world.run()
        let lines = client.take()
        #expect(lines.first { $0.json("id") == "1" }?.json("result") != nil)
        #expect(lines.first { $0.json("id") == "2" }?.value("error", "code")?.integer == -32602)
        world.stop()
    }

    @Test(
        "with a catalog of an earlier run the list is there at once, and only a difference is announced"
    )
    func warm() {
        let storage = MemoryStorage()
        let server = ScriptedServer("one", tools: ["a"])
        server.instructions = "Use a."
        let first = World([server], storage: storage)
        first.client().open()
        first.advance(by: .seconds(1))
        first.stop()
        #expect(storage.load() != nil)

        let again = ScriptedServer("one", tools: ["a"])
        again.instructions = "Use a."
        again.door = Latch()
        let world = World([again], storage: storage)
        let client = world.client()
        client.request(
            "1", "initialize", #"{"protocolVersion":"2025-11-25","capabilities":{}}"#)
        #expect(client.one().value("result", "instructions")?.string?.contains("Use a.") == true)
        client.request("2", "tools/list")
        #expect(client.one().names == ["one__a"])
        again.door?.open()
        world.advance(by: .seconds(2))
        #expect(client.take() == [])
        again.tools = [#"{"name":"b"}"#]
        again.connection?.say(#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        world.advance(by: .seconds(2))
        #expect(client.one().value("method")?.string == "notifications/tools/list_changed")
        world.stop()
    }

    @Test("the owner's own instructions are there before any server's are known")
    func ownInstructions() {
        let server = ScriptedServer("one", tools: ["a"])
        server.instructions = "Use a."
        let world = World([server]) { $0.server.instructions = "Be kind." }
        for expected in [["Be kind."], ["Be kind.", "Use a."]] {
            let client = world.client()
            client.request(
                "1", "initialize", #"{"protocolVersion":"2025-11-25","capabilities":{}}"#)
            let text = client.one().value("result", "instructions")?.string ?? ""
            #expect(expected.allSatisfy(text.contains) && text.hasPrefix("Be kind."))
            world.advance(by: .seconds(2))
        }
        world.stop()
    }

    @Test("a catalog of other settings is not shown")
    func otherFingerprint() {
        let storage = MemoryStorage()
        let first = World([ScriptedServer("one", tools: ["a"])], storage: storage)
        first.client().open()
        first.advance(by: .seconds(1))
        first.stop()
        let changed = ScriptedServer("one", tools: ["b"])
        changed.print = "another"
        changed.door = Latch()
        let world = World([changed], storage: storage)
        let client = world.client()
        client.open(settling: false)
        client.request("1", "tools/list")
        #expect(client.take() == [])
        changed.door?.open()
        world.run()
        #expect(client.one().names == ["one__b"])
        world.stop()
    }

    @Test(
        "a list that a server pages oddly ends",
        arguments: [#""x""#, #""""#])
    func paging(cursor: String) {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "tools/list" else { return false }
            let name = "t\(connection.server.received("tools/list").count)"
            connection.answer(
                request, #"{"tools":[{"name":"\#(name)"},5,{"n":1}],"nextCursor":\#(cursor)}"#)
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        #expect(
            server.received("tools/list").map(\.params)
                == ["{}", #"{"cursor":\#(cursor)}"#])
        client.request("1", "tools/list")
        #expect(client.one().names == ["one__t1", "one__t2"])
        world.stop()
    }

    @Test("a list that fails keeps what was known")
    func failedList() {
        let server = ScriptedServer("one", tools: ["a"])
        let world = World([server])
        let client = world.client()
        client.open()
        server.script = { connection, request in
            guard request.method == "tools/list" else { return false }
            connection.fail(request, code: -32000)
            return true
        }
        server.connection?.say(#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        world.advance(by: .seconds(2))
        client.request("1", "tools/list")
        #expect(client.one().names == ["one__a"])
        world.stop()
    }

    @Test("when all is over nothing waits any more")
    func leftovers() {
        let server = ScriptedServer("one")
        let world = World([server, ScriptedServer("two")])
        let client = world.client()
        client.open()
        world.stop()
        #expect(world.time.waiting == 0)
        #expect(client.hasEnded)
        #expect(server.connections.allSatisfy { $0.hasEnded })
    }

    @Test("a hub that is over is let go, with its links and their sessions")
    func freed() {
        weak var hub: Hub?
        do {
            let world = World([ScriptedServer("one"), ScriptedServer("two")])
            let client = world.client()
            client.open()
            client.request("1", "tools/call", #"{"name":"one__echo"}"#)
            hub = world.hub
            world.stop()
        }
        #expect(hub == nil)
    }
}
