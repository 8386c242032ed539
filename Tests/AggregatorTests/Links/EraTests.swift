import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct EraTests {
    @Test("a modern server is asked what it is, and never greeted")
    func modern() {
        let server = ScriptedServer.modern("one")
        let world = World([server])
        #expect(world.visit() == ["one__echo"])
        #expect(server.received.first?.method == "server/discover")
        #expect(server.received("initialize").isEmpty)
        #expect(server.complaints == [])
        #expect(world.hub.upstreams[0].profile?.revision == .july2026)
        #expect(world.hub.upstreams[0].profile?.name == "one")
        world.stop()
    }

    @Test("a server of both eras is used as a modern one")
    func dual() {
        let server = ScriptedServer("one")
        server.isModern = true
        let world = World([server])
        #expect(world.visit() == ["one__echo"])
        #expect(server.received("initialize").isEmpty)
        world.stop()
    }

    @Test(
        "whatever a legacy server answers to the probe, it is greeted on the same connection",
        arguments: [
            #""error":{"code":-32601,"message":"no"}"#, #""error":{"code":-32602,"message":"no"}"#,
            #""error":{"code":-32600,"message":"no"}"#, #""error":{"code":-32001,"message":"no"}"#,
            #""error":{"code":-32022,"message":"no","data":{"supported":["2025-11-25"]}}"#,
            #""result":{}"#, #""result":{"supportedVersions":{}}"#,
        ])
    func legacy(answer: String) {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "server/discover" else { return false }
            connection.say(#"{"jsonrpc":"2.0","id":\#(request.id),\#(answer)}"#)
            return true
        }
        let world = World([server])
        #expect(world.visit() == ["one__echo"])
        #expect(server.connections.count == 1 && server.probes == 1)
        #expect(server.received("notifications/cancelled").isEmpty)
        world.stop()
    }

    @Test(
        "a modern server that objects to the probe is asked once more, and not greeted",
        arguments: [
            #"{"code":-32022,"message":"no","data":{"supported":["2026-07-28"]}}"#,
            #"{"code":-32020,"message":"no"}"#,
            #"{"code":-32004,"message":"no","data":{"supported":["2026-07-28"]}}"#,
        ])
    func corrected(error: String) {
        let server = ScriptedServer.modern("one")
        server.script = { connection, request in
            guard request.method == "server/discover", server.probes == 1 else { return false }
            connection.say(#"{"jsonrpc":"2.0","id":\#(request.id),"error":\#(error)}"#)
            return true
        }
        let world = World([server])
        #expect(world.visit() == ["one__echo"])
        #expect(server.probes == 2 && server.received("initialize").isEmpty)
        world.stop()
    }

    @Test("a server that speaks none of our revisions says which ones it speaks")
    func foreign() {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            connection.answer(request, #"{"supportedVersions":["2031-01-01"],"capabilities":{}}"#)
            return true
        }
        let world = World([server])
        world.client().open()
        let failure = world.hub.upstreams[0].lastFailure?.message
        #expect(failure?.contains("'2031-01-01'") == true)
        world.stop()
    }

    @Test("a server that exits on the probe is started again at once, and never probed again")
    func exits() {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "server/discover" else { return false }
            connection.die()
            return true
        }
        let world = World([server], fraction: 1)
        let client = world.client()
        client.open(settling: false)
        client.request("1", "tools/list")
        #expect(client.one().names == ["one__echo"])
        #expect(server.connections.count == 2 && server.probes == 1)
        #expect(world.hub.upstreams[0].lastFailure == nil)
        #expect(world.hub.upstreams[0].counters.losses == 0)
        server.connection?.die()
        world.advance(by: .seconds(1))
        #expect(server.connections.count == 3 && server.probes == 1)
        world.stop()
    }

    @Test("a probe that is cut off alone says nothing about the era")
    func cutOff() {
        let server = ScriptedServer.modern("one")
        server.keepsEra = false
        server.cutOff = ["server/discover"]
        let world = World([server])
        let client = world.client()
        client.open()
        world.advance(by: .seconds(5))
        client.call("1", "one__echo")
        #expect(client.take().last?.json("result", "structuredContent") != nil)
        world.stop()
    }

    @Test("a server that exits on the probe and then wants no session is asked again what it is")
    func exitsOnce() {
        let server = ScriptedServer.modern("one")
        server.cutOff = ["server/discover"]
        let world = World([server])
        let client = world.client()
        client.open()
        world.advance(by: .seconds(5))
        client.call("1", "one__echo")
        #expect(client.take().last?.json("result", "structuredContent") != nil)
        world.stop()
    }

    @Test("a server that exits on everything is not started twice as often")
    func exitsAlways() {
        let server = ScriptedServer("one")
        server.script = { connection, _ in
            connection.die()
            return true
        }
        let world = World([server], fraction: 1)
        world.client().open(settling: false)
        #expect(server.connections.count == 2)
        world.advance(by: .milliseconds(501))
        #expect(server.connections.count == 3 && server.probes == 1)
        world.stop()
    }

    @Test(
        "a server that swallows the probe is greeted after a while, and nobody else waits for it",
        arguments: [(60, 10), (12, 6)])
    func silent(start: Int, wait: Int) {
        let server = ScriptedServer("one")
        server.held = ["server/discover"]
        server.timeouts.start = .seconds(start)
        let world = World([server, ScriptedServer("two")])
        let client = world.client()
        client.open(settling: false)
        client.call("1", "two__echo")
        #expect(client.one().json("result") != nil)
        world.advance(by: .seconds(wait - 1))
        #expect(server.received("initialize").isEmpty)
        world.advance(by: .seconds(3))
        #expect(server.received("initialize").count == 1 && server.connections.count == 1)
        #expect(server.received("notifications/cancelled").isEmpty)
        client.call("2", "one__echo")
        #expect(client.take().last?.json("result") != nil)
        server.connection?.die()
        world.advance(by: .seconds(2))
        #expect(server.connections.count == 2 && server.probes == 1)
        world.stop()
    }

    @Test("a server that was only slow to start is probed again the next time")
    func slow() {
        let server = ScriptedServer("one")
        server.held = ["server/discover", "initialize"]
        let world = World([server])
        world.client().open(settling: false)
        world.advance(by: .seconds(30))
        for request in server.open("initialize") { server.connection?.oblige(request) }
        world.run()
        server.held = []
        server.connection?.die()
        world.advance(by: .seconds(2))
        #expect(server.probes == 2)
        world.stop()
    }

    @Test("a client with a session that can be asked keeps one to a server of both eras")
    func sessionFirst() {
        let dual = ScriptedServer("dual")
        dual.isModern = true
        let modern = ScriptedServer.modern("modern")
        let blunt = ScriptedServer.modern("blunt")
        blunt.script = { connection, request in
            guard request.method == "initialize" else { return false }
            connection.fail(request, code: -32601)
            return true
        }
        let world = World([dual, modern, blunt])
        let client = world.client()
        client.open(#"{"elicitation":{}}"#)
        client.request("1", "tools/list")
        #expect(client.one().names == ["dual__echo", "modern__echo", "blunt__echo"])
        #expect(dual.probes == 0 && dual.received("initialize").count == 1)
        #expect(modern.probes == 1 && blunt.probes == 1)
        #expect(modern.complaints == [])
        world.stop()
    }

    @Test("an entry may say what its server speaks")
    func settings() {
        let old = ScriptedServer("old")
        old.isModern = true
        old.setting = .legacy
        let new = ScriptedServer("new")
        new.isModern = true
        new.setting = .modern
        let wrong = ScriptedServer("wrong")
        wrong.setting = .modern
        let world = World([old, new, wrong])
        #expect(world.visit() == ["old__echo", "new__echo"])
        #expect(old.probes == 0 && old.received("initialize").count == 1)
        #expect(new.received("initialize").isEmpty)
        #expect(wrong.received("initialize").isEmpty)
        let failure = world.hub.upstreams[2].lastFailure?.message
        #expect(failure == "Upstream 'wrong' refused 'server/discover': Method not found.")
        world.stop()
    }

    @Test("the hints of a list are those of its pages together")
    func hints() {
        let server = ScriptedServer.modern("one")
        server.script = { connection, request in
            guard request.method == "tools/list" else { return false }
            connection.answer(
                request,
                request.params.json("cursor") == nil
                    ? #"{"tools":[],"nextCursor":"2","ttlMs":9000,"cacheScope":"public"}"#
                    : #"{"tools":[],"ttlMs":5000,"cacheScope":"private"}"#)
            return true
        }
        let world = World([server, ScriptedServer("two")])
        _ = world.visit()
        #expect(world.hub.hints("one", .tool) == CacheHints(ttl: 5000, isPublic: false))
        #expect(world.hub.hints("two", .tool) == nil)
        world.stop()
    }
}
