import Aggregator
import TestSupport
import Testing
import Wire

/// Who watches a resource hears of its changes, and the upstream is asked once for all of them.
@Suite struct SubscriptionTests {
    private func servers() -> [ScriptedServer] {
        ["one", "two"].map { name in
            let server = ScriptedServer(name)
            server.resources = [#"{"uri":"file:///a"}"#, #"{"uri":"\#(name):x"}"#]
            return server
        }
    }

    @Test("the first subscription and the last unsubscription go to the upstream")
    func counts() {
        let servers = servers()
        let world = World(servers)
        let clients = [world.client(), world.client()]
        for client in clients { client.open() }
        for client in clients + clients {
            client.request("1", "resources/subscribe", #"{"uri":"one:x"}"#)
            #expect(client.take().last?.json("result") == "{}")
        }
        #expect(servers[0].received("resources/subscribe").count == 1)
        clients[0].request("2", "resources/unsubscribe", #"{"uri":"one:x"}"#)
        clients[0].request("3", "resources/unsubscribe", #"{"uri":"one:x"}"#)
        #expect(servers[0].received("resources/unsubscribe").isEmpty)
        clients[1].end()
        #expect(servers[0].received("resources/unsubscribe").map(\.params) == [#"{"uri":"one:x"}"#])
        world.stop()
    }

    @Test("one client watches a thousand resources, of URIs of a length, and may go on with others")
    func bounded() {
        let server = ScriptedServer("one")
        server.resources = [#"{"uri":"one:x","name":"x"}"#]
        let world = World([server])
        let client = world.client()
        client.open()
        func subscribe(_ uri: String) -> String {
            client.request("1", "resources/subscribe", #"{"uri":"\#(uri)"}"#)
            return client.take().last ?? ""
        }
        let long = "one:" + String(repeating: "x", count: 1 << 16)
        #expect(subscribe(long).json("error", "code") == "-32602")
        for number in 0..<1000 { #expect(subscribe("one:\(number)").json("result") == "{}") }
        #expect(
            subscribe("one:y").value("error", "message")?.string?.contains("1000 resources") == true
        )
        #expect(subscribe("one:7").json("result") == "{}")
        client.request("2", "resources/unsubscribe", #"{"uri":"one:7"}"#)
        _ = client.take()
        #expect(subscribe("one:y").json("result") == "{}")
        #expect(server.received("resources/subscribe").count == 1001)
        world.stop()
    }

    @Test(
        "who subscribes second asks by itself if the first one's request fails or is cancelled",
        arguments: [true, false])
    func second(isCancelled: Bool) {
        let servers = servers()
        servers[0].held = ["resources/subscribe"]
        let world = World(servers)
        let clients = [world.client(), world.client(), world.client()]
        for client in clients { client.open() }
        for client in clients.dropLast() {
            client.request("1", "resources/subscribe", #"{"uri":"one:x"}"#)
            #expect(client.take().isEmpty)
        }
        #expect(servers[0].received("resources/subscribe").count == 1)
        if isCancelled {
            clients[0].notify("notifications/cancelled", #"{"requestId":1}"#)
        } else {
            for request in servers[0].open("resources/subscribe") {
                servers[0].connection?.fail(request, code: -32000)
            }
            world.run()
            #expect(clients[0].one().value("error", "code")?.integer == -32000)
        }
        #expect(servers[0].received("resources/subscribe").count == 2)
        #expect(clients[1].take().isEmpty)
        for request in servers[0].open("resources/subscribe").suffix(1) {
            servers[0].connection?.oblige(request)
        }
        world.run()
        #expect(clients[1].one().json("result") == "{}")
        clients[2].request("1", "resources/subscribe", #"{"uri":"one:x"}"#)
        #expect(clients[2].one().json("result") == "{}")
        #expect(servers[0].received("resources/subscribe").count == 2)
        world.stop()
    }

    @Test("who waits behind another's subscription can be cancelled")
    func impatient() {
        let servers = servers()
        servers[0].held = ["resources/subscribe"]
        let world = World(servers)
        let clients = [world.client(), world.client()]
        for client in clients {
            client.open()
            client.request("1", "resources/subscribe", #"{"uri":"one:x"}"#)
        }
        clients[1].notify("notifications/cancelled", #"{"requestId":1}"#)
        #expect(clients[1].session.isIdle && !clients[0].session.isIdle)
        for request in servers[0].open("resources/subscribe") {
            servers[0].connection?.oblige(request)
        }
        world.run()
        #expect(clients[0].one().json("result") == "{}")
        #expect(servers[0].received("resources/subscribe").count == 1)
        world.stop()
    }

    @Test("a refused subscription is none")
    func refused() {
        let servers = servers()
        servers[0].script = { connection, request in
            guard request.method == "resources/subscribe" else { return false }
            connection.fail(request, code: -32000)
            return true
        }
        let world = World(servers)
        let client = world.client()
        client.open()
        for id in ["1", "2"] {
            client.request(id, "resources/subscribe", #"{"uri":"one:x"}"#)
            #expect(client.one().value("error", "code")?.integer == -32000)
        }
        #expect(servers[0].received("resources/subscribe").count == 2)
        world.stop()
    }

    @Test("an update reaches those who watch the resource or one above it, under their URI")
    func updates() {
        let servers = servers()
        let world = World(servers)
        let client = world.client()
        client.open()
        let wrapped = "manifold://two/file%3A%2F%2F%2Fa"
        client.request("1", "resources/subscribe", #"{"uri":"\#(wrapped)"}"#)
        client.request("2", "resources/subscribe", #"{"uri":"one:x"}"#)
        _ = client.take()
        #expect(
            servers[1].received("resources/subscribe").map(\.params) == [#"{"uri":"file:///a"}"#])
        func update(_ server: Int, _ uri: String) -> [String?] {
            servers[server].connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/resources/updated","#
                    + #""params":{"uri":"\#(uri)"}}"#)
            world.run()
            return client.take().map { $0.json("params", "uri") }
        }
        #expect(update(1, "file:///a") == ["\"\(wrapped)\""])
        #expect(update(0, "file:///a") == [])
        #expect(update(0, "one:x") == ["\"one:x\""])
        #expect(update(0, "one:x/below") == ["\"one:x/below\""])
        #expect(update(0, "one:xy") == [])
        world.stop()
    }

    @Test("an update below a wrapped URI reaches its watcher too")
    func belowWrapped() {
        let servers = servers()
        let world = World(servers)
        let client = world.client()
        client.open()
        client.request(
            "1", "resources/subscribe", #"{"uri":"manifold://two/file%3A%2F%2F%2Fa"}"#)
        _ = client.take()
        servers[1].connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/resources/updated","#
                + #""params":{"uri":"file:///a/b"}}"#)
        world.run()
        #expect(client.take().count == 1)
        world.stop()
    }
}
