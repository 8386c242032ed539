import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct EraMemoryTests {
    @Test("what was found out is remembered for a day, as long as the settings are the same")
    func remembered() {
        let storage = MemoryStorage()
        let first = World([ScriptedServer("one")], storage: storage)
        #expect(first.visit() == ["one__echo"])
        first.advance(by: .seconds(1))
        first.stop()
        let again = ScriptedServer("one")
        let second = World([again], storage: storage)
        #expect(second.visit() == ["one__echo"])
        #expect(again.probes == 0)
        second.advance(by: .seconds(25 * 3600))
        again.connection?.die()
        second.advance(by: .seconds(2))
        #expect(again.probes == 1)
        second.stop()
        let changed = ScriptedServer("one")
        changed.print = "other"
        let third = World([changed], storage: storage)
        #expect(third.visit() == ["one__echo"])
        #expect(changed.probes == 1)
        third.stop()
    }

    @Test("a verdict that is a day old is renewed on disk, though the catalog is the same")
    func renewed() {
        let storage = MemoryStorage()
        let first = World([ScriptedServer("one")], storage: storage)
        _ = first.visit()
        first.advance(by: .seconds(1))
        first.stop()
        let old = storage.load()
        let world = World([ScriptedServer("one")], storage: storage)
        world.advance(by: .seconds(25 * 3600))
        _ = world.visit()
        world.advance(by: .seconds(1))
        world.stop()
        #expect(storage.load() != old)
    }

    @Test("a server that was legacy and is modern now is recognised by how it refuses the greeting")
    func upgraded() {
        let storage = MemoryStorage()
        let first = World([ScriptedServer("one")], storage: storage)
        _ = first.visit()
        first.advance(by: .seconds(1))
        first.stop()
        let server = ScriptedServer.modern("one", tools: ["new"])
        let world = World([server], storage: storage)
        world.client().open()
        world.advance(by: .seconds(1))
        #expect(world.visit() == ["one__new"])
        #expect(server.received("initialize").count == 1 && server.connections.count == 1)
        #expect(server.complaints == [])
        world.stop()
    }
}

extension World {
    /// Lets a client come and go, and returns the tools that it was shown.
    func visit() -> [String] {
        let client = client()
        client.open()
        client.request("1", "tools/list")
        return client.one().names
    }
}
