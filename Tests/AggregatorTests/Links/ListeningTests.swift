import Aggregator
import Synchronization
import TestSupport
import Testing
import Wire

@Suite struct ListeningTests {
    private func server() -> ScriptedServer {
        let server = ScriptedServer.modern("one")
        server.resources = [#"{"uri":"a:1","name":"1"}"#, #"{"uri":"a:2","name":"2"}"#]
        return server
    }

    private func wanted(_ request: Received?) -> String? {
        request?.params.json("notifications")
    }

    private let updated =
        #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a:1"}}"#

    @Test("a modern server is listened to for what it has, and a change of a list is announced")
    func lists() {
        let server = server()
        let world = World([server])
        let client = world.client()
        client.open()
        let listens = server.received("subscriptions/listen")
        #expect(listens.count == 1)
        #expect(
            wanted(listens.first) == #"{"toolsListChanged":true,"resourcesListChanged":true}"#)
        client.request("1", "tools/list")
        _ = client.take()
        server.tools = [#"{"name":"b"}"#]
        server.connection?.announce("notifications/tools/list_changed")
        world.advance(by: .seconds(1))
        #expect(client.one().value("method")?.string == "notifications/tools/list_changed")
        // Nobody runs out of patience with what stays open.
        world.advance(by: .seconds(1000))
        #expect(server.received("subscriptions/listen").count == 1)
        #expect(server.complaints == [])
        world.stop()
        #expect(server.connection?.hasEnded == true)
    }

    @Test("a resource that is watched is listened for before the old request ends")
    func watching() {
        let server = server()
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "resources/subscribe", #"{"uri":"a:1"}"#)
        #expect(client.one() == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
        let methods = server.received.map(\.method).suffix(2)
        #expect(methods == ["subscriptions/listen", "notifications/cancelled"])
        let listens = server.received("subscriptions/listen")
        #expect(wanted(listens.last)?.json("resourceSubscriptions") == #"["a:1"]"#)
        #expect(server.received.last?.params.json("requestId") == listens.first?.id)
        #expect(server.open("subscriptions/listen").count == 1)
        server.connection?.announce("notifications/resources/updated", #""uri":"a:1","#)
        world.run()
        #expect(
            client.one()
                == #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a:1","_meta":{}}}"#
        )
        client.request("2", "resources/unsubscribe", #"{"uri":"a:1"}"#)
        #expect(client.one().json("result") == "{}")
        world.run()
        #expect(
            wanted(server.open("subscriptions/listen").first)?.json("resourceSubscriptions") == nil)
        #expect(server.complaints == [])
        world.stop()
    }

    @Test("a request that its server ends was taken by it, so that it is not sent again")
    func ended() throws {
        let server = server()
        let world = World([server])
        world.client().open()
        server.held = ["subscriptions/listen"]
        let connection = try #require(server.connection)
        let line = #"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{}}"#
        var call = Call(
            draft: Draft(try Message(scanning: Array(line.utf8))), method: .listen, target: nil,
            caller: nil)
        call.isOpenEnded = true
        let end = Mutex<Failure?>(nil)
        let task = world.loop.start { [call] in
            do throws(Failure) { _ = try await connection.call(call) } catch {
                end.withLock { $0 = error }
            }
        }
        world.run()
        let id = try #require(server.open("subscriptions/listen").last?.id)
        connection.say(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
        world.run()
        let failure = try #require(end.withLock { $0 })
        #expect(failure.code == .lost && failure.executed == .yes)
        task.cancel()
        world.stop()
    }

    @Test("a client that leaves is watched for no longer")
    func leaving() {
        let server = server()
        let world = World([server])
        let stays = world.client()
        stays.open()
        let leaves = world.client()
        leaves.open()
        stays.request("1", "resources/subscribe", #"{"uri":"a:1"}"#)
        leaves.request("1", "resources/subscribe", #"{"uri":"a:2"}"#)
        leaves.end()
        let open = server.open("subscriptions/listen")
        #expect(open.count == 1)
        #expect(wanted(open.first)?.json("resourceSubscriptions") == #"["a:1"]"#)
        world.stop()
    }

    @Test("what a server does not agree to announce cannot be watched")
    func refused() {
        let server = server()
        server.script = { connection, request in
            guard request.method == "subscriptions/listen" else { return false }
            connection.say(
                #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"notifications":{}}}"#
            )
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "resources/subscribe", #"{"uri":"a:1"}"#)
        #expect(client.one().value("error", "code")?.integer == -32602)
        #expect(client.session.isIdle)
        world.stop()
    }

    @Test("a server that cannot be listened to serves calls, and nothing can be watched")
    func without() {
        let server = server()
        server.script = { connection, request in
            guard request.method == "subscriptions/listen" else { return false }
            connection.fail(request, code: -32601, "no such method")
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "resources/subscribe", #"{"uri":"a:1"}"#)
        #expect(client.one().json("error") != nil)
        client.call("2", "one__echo")
        #expect(client.one().json("result") != nil)
        world.advance(by: .seconds(300))
        #expect(server.received("subscriptions/listen").count == 1)
        world.stop()
    }

    @Test("who waits for an agreement that does not come is not kept for long")
    func silent() {
        let server = server()
        server.held = ["subscriptions/listen"]
        server.script = { connection, request in request.method == "subscriptions/listen" }
        let world = World([server])
        let client = world.client()
        client.open(settling: false)
        client.request("1", "resources/subscribe", #"{"uri":"a:1"}"#)
        world.advance(by: .seconds(3))
        #expect(client.take().last == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
        world.stop()
    }

    @Test(
        "a request to listen that the server ends is made again, and what was missed is looked up",
        arguments: [true, false])
    func ended(isResult: Bool) {
        let server = server()
        let world = World([server], fraction: 1)
        let client = world.client()
        client.open()
        client.request("0", "tools/list")
        client.request("1", "resources/subscribe", #"{"uri":"a:1"}"#)
        _ = client.take()
        let lists = server.received("tools/list").count
        let listens = server.received("subscriptions/listen").count
        if let open = server.open("subscriptions/listen").first {
            if isResult {
                server.connection?.answer(open, #"{"resultType":"complete"}"#)
            } else {
                server.connection?.unanswered[open.id] = nil
                server.connection?.say(
                    #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(open.id)}}"#
                )
            }
        }
        server.tools = [#"{"name":"b"}"#]
        world.run()
        #expect(server.received("subscriptions/listen").count == listens)
        world.advance(by: .seconds(2))
        #expect(server.received("subscriptions/listen").count == listens + 1)
        #expect(server.received("tools/list").count == lists + 1)
        let heard = client.take()
        #expect(heard.contains(updated))
        #expect(heard.contains { $0.contains("tools/list_changed") })
        #expect(server.connections.count == 1)
        world.stop()
    }

    @Test(
        "after a loss the next connection is listened to for the same, and nobody misses a change")
    func loss() {
        let server = server()
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "resources/subscribe", #"{"uri":"a:1"}"#)
        _ = client.take()
        server.connection?.die()
        world.advance(by: .seconds(2))
        let open = server.open("subscriptions/listen")
        #expect(open.count == 1)
        #expect(wanted(open.first)?.json("resourceSubscriptions") == #"["a:1"]"#)
        #expect(client.take() == [updated])
        #expect(server.complaints == [])
        world.stop()
    }
}
