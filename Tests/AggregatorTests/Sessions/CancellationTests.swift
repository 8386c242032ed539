import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct CancellationTests {
    @Test("a cancelled call is not answered; its upstream hears its own id and the reason")
    func cancel() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("\"a\"", "one__echo")
        client.notify(
            "notifications/cancelled", #"{"requestId":"a","reason":"bored","_meta":{"k":1}}"#)
        let request = server.received("tools/call")[0]
        #expect(
            server.received("notifications/cancelled").map(\.params)
                == [#"{"requestId":\#(request.id),"reason":"bored","_meta":{"k":1}}"#])
        #expect(client.take() == [])
        server.connection?.answer(request, "{}")
        world.run()
        #expect(client.take() == [])
        client.call("\"a\"", "one__echo")
        #expect(server.received("tools/call").count == 2)
        world.stop()
    }

    @Test("a call behind a plugin that has tasks of its own is cancelled like any other")
    func behindPlugin() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server], plugins: [Forking()])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        client.notify("notifications/cancelled", #"{"requestId":1}"#)
        let request = server.received("tools/call")[0]
        #expect(
            server.received("notifications/cancelled").map(\.params)
                == [#"{"requestId":\#(request.id)}"#])
        #expect(client.take() == [])
        world.stop()
    }

    @Test(
        "a cancellation of nothing is ignored",
        arguments: [
            #"{"requestId":99}"#, "{}", #"{"requestId":null}"#, #"{"requestId":"1"}"#,
            #"{"requestId":1.0}"#,
        ])
    func unknown(params: String) {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        client.notify("notifications/cancelled", params)
        #expect(server.received("notifications/cancelled").isEmpty)
        for request in server.open("tools/call") { server.connection?.oblige(request) }
        world.run()
        #expect(client.one().json("id") == "1")
        world.stop()
    }

    @Test("a call that waits for its upstream can be cancelled and never reaches it")
    func waiting() {
        let server = ScriptedServer("one")
        server.door = Latch()
        let world = World([server])
        let client = world.client()
        client.open(settling: false)
        client.call("1", "one__echo")
        client.request("2", "tools/list")
        client.notify("notifications/cancelled", #"{"requestId":1}"#)
        client.notify("notifications/cancelled", #"{"requestId":2}"#)
        server.door?.open()
        world.run()
        #expect(server.received("tools/call").isEmpty)
        #expect(server.received("notifications/cancelled").isEmpty)
        world.advance(by: .seconds(10))
        client.call("1", "one__echo")
        #expect(client.take().last?.json("id") == "1")
        world.stop()
    }

    @Test("a call cancelled before it could be sent is not cancelled at the upstream")
    func congested() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        server.connection?.transport.isBlocked = true
        server.connection?.transport.highWater = 10
        client.call("1", "one__echo")
        client.call("2", "one__echo")
        client.notify("notifications/cancelled", #"{"requestId":2}"#)
        server.connection?.transport.isBlocked = false
        world.run()
        #expect(server.received("tools/call").count == 1)
        #expect(server.received("notifications/cancelled").isEmpty)
        #expect(client.one().json("id") == "1")
        world.stop()
    }

    @Test("-32800 after our own cancellation is swallowed")
    func swallowed() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        client.notify("notifications/cancelled", #"{"requestId":1}"#)
        server.connection?.fail(server.received("tools/call")[0], code: -32800)
        world.run()
        #expect(client.take() == [])
        world.stop()
    }
}

/// Passes every call on from a child task.
private struct Forking: Plugin {
    let name = "forking"
    let kind = "test"
    let scope = Scope([.request], methods: [.toolsCall])
    let counters = PluginCounters()

    func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        let result = await withTaskGroup(of: Result<Answer, Failure>.self) { group in
            group.addImmediateTask {
                do throws(Failure) { return .success(try await next(call)) } catch {
                    return .failure(error)
                }
            }
            return await group.next() ?? .success(.empty)
        }
        return try result.get()
    }
}
