import Aggregator
import TestSupport
import Testing
import Wire

/// An upstream's failure is never an empty list.
@Suite struct FailedListTests {
    @Test("a list that failed is fetched again, and calls meanwhile say why the tool is missing")
    func retried() {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "tools/list" else { return false }
            connection.fail(request, code: -32603, "db not ready")
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("0", "tools/list")
        #expect(client.one().names == [])
        client.call("1", "one__echo")
        #expect(client.one().contains("db not ready"))
        server.script = nil
        world.advance(by: .seconds(5))
        let methods = client.take().map { $0.value("method")?.string }
        #expect(methods == ["notifications/tools/list_changed"])
        client.call("2", "one__echo")
        #expect(client.one().json("result") != nil)
        let asked = server.received("tools/list").count
        world.advance(by: .seconds(600))
        #expect(server.received("tools/list").count == asked)
        world.stop()
    }

    @Test("what is wrong with a list is logged once until it changes")
    func repeated() {
        let server = ScriptedServer.modern("one")
        server.repeatsArguments = true
        let world = World([server])
        let client = world.client()
        client.open()
        func complaints(_ tool: String) -> [String] {
            server.tools = [
                #"{"name":"\#(tool)","inputSchema":{"type":"object","properties":{"a":{"#
                    + #""type":"object","x-mcp-header":"A"}}}}"#
            ]
            server.connection?.announce("notifications/tools/list_changed")
            world.advance(by: .seconds(1))
            return world.log.all.filter { $0.contains("left out") }
        }
        #expect(complaints("bad").count == 1)
        #expect(complaints("bad").count == 1)
        #expect(complaints("worse").count == 2)
        server.script = { connection, request in
            guard request.method == "tools/list" else { return false }
            connection.fail(request, code: -32603, "db not ready")
            return true
        }
        _ = complaints("worse")
        world.advance(by: .seconds(600))
        #expect(world.log.all.filter { $0.contains("db not ready") }.count == 1)
        world.stop()
    }

    @Test("a list that is cut off alone is fetched again, and nobody waits for it for ever")
    func cutOff() {
        let server = ScriptedServer("one")
        server.cutOff = ["tools/list", "tools/list"]
        let world = World([server])
        let client = world.client()
        client.open(settling: false)
        client.call("1", "one__echo")
        #expect(client.take().first?.contains("did not answer to the end") == true)
        world.advance(by: .seconds(5))
        client.call("2", "one__echo")
        #expect(client.take().last?.json("result", "structuredContent") != nil)
        #expect(server.connections.count == 1)
        world.stop()
    }

    @Test("a list that failed is forgotten when the server comes back without that kind")
    func gone() {
        let server = ScriptedServer("one")
        server.prompts = []
        server.script = { connection, request in
            guard request.method == "prompts/list" else { return false }
            connection.fail(request, code: -32603, "db not ready")
            return true
        }
        let world = World([server])
        world.client().open()
        #expect(String(decoding: world.hub.status, as: UTF8.self).contains("db not ready"))
        server.prompts = nil
        server.connection?.die()
        world.advance(by: .seconds(10))
        #expect(server.connections.count == 2)
        #expect(!String(decoding: world.hub.status, as: UTF8.self).contains("db not ready"))
        world.stop()
    }

    @Test("a list that the end of input cuts short is an error, not an empty list")
    func cut() {
        let server = ScriptedServer("one")
        server.door = Latch()
        let world = World([server])
        let client = world.client()
        client.open(settling: false)
        client.request("1", "tools/list")
        client.end()
        world.advance(by: .seconds(2))
        let answer = client.take().first { $0.json("id") == "1" } ?? ""
        #expect(answer.json("error") != nil)
        #expect(!answer.contains("may have run"))
        world.stop()
    }
}
