import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct SessionTests {
    @Test(
        "initialize is answered in the revision that was proposed, if it is spoken here",
        arguments: [
            ("2024-11-05", "2024-11-05"), ("2025-06-18", "2025-06-18"),
            ("1999-01-01", "2025-11-25"),
            ("2026-07-28", "2025-11-25"), ("", "2025-11-25"),
        ])
    func negotiation(proposed: String, answered: String) {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.request(
            "1", "initialize", #"{"protocolVersion":"\#(proposed)","capabilities":{}}"#)
        let line = client.one()
        #expect(line.value("result", "protocolVersion")?.string == answered)
        #expect(line.value("result", "serverInfo", "name")?.string == "manifold")
        world.stop()
    }

    @Test("initialize without a version is refused and opens nothing")
    func noVersion() {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.request("1", "initialize", "{}")
        #expect(client.one().value("error", "code")?.integer == -32602)
        #expect(!client.session.isOpen)
        world.stop()
    }

    @Test("a second initialize starts over: calls end, questions and levels are forgotten")
    func again() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open(#"{"roots":{}}"#)
        client.call("1", "one__echo")
        client.request(
            "2", "initialize",
            #"{"protocolVersion":"2025-06-18","capabilities":{"roots":{}}}"#)
        let lines = client.take()
        #expect(Set(lines.compactMap { $0.json("id") }) == ["1", "2"])
        #expect(server.received("notifications/cancelled").count == 1)
        client.request("3", "ping")
        #expect(client.one().json("result") == "{}")
        world.stop()
    }

    @Test("after initialize with other capabilities nothing is heard twice")
    func otherCapabilities() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        client.open(#"{"roots":{}}"#)
        #expect(server.connections.count == 2)
        for connection in server.connections {
            connection.say(
                #"{"jsonrpc":"2.0","method":"notifications/message","#
                    + #""params":{"level":"error","data":\#(connection.number)}}"#)
        }
        world.run()
        #expect(client.take().map { $0.json("params", "data") } == ["1"])
        world.stop()
    }

    @Test(
        "logs below the level that the client set are not passed on; the logger names the upstream")
    func level() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "logging/setLevel", #"{"level":"warning"}"#)
        #expect(client.one() == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
        #expect(server.received("logging/setLevel").map(\.params) == [#"{"level":"warning"}"#])
        for level in ["info", "warning", "emergency"] {
            server.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/message","#
                    + #""params":{"level":"\#(level)","logger":"db","data":{"a":1.0}}}"#)
        }
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":1}}"#
        )
        world.run()
        #expect(
            client.take().map { $0.json("params") } == [
                #"{"level":"warning","logger":"one/db","data":{"a":1.0}}"#,
                #"{"level":"emergency","logger":"one/db","data":{"a":1.0}}"#,
                #"{"level":"error","data":1,"logger":"one"}"#,
            ])
        world.stop()
    }

    @Test("a server without logging is not told a level")
    func noLogging() {
        let server = ScriptedServer("one")
        server.logs = false
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "logging/setLevel", #"{"level":"debug"}"#)
        #expect(client.one().json("result") == "{}")
        #expect(server.received("logging/setLevel").isEmpty)
        world.stop()
    }

    @Test("the most verbose level that any client wants is the one the upstream is told")
    func twoClients() {
        let server = ScriptedServer("one")
        let world = World([server])
        let clients = [world.client(), world.client()]
        for client in clients { client.open() }
        clients[0].request("1", "logging/setLevel", #"{"level":"debug"}"#)
        clients[1].request("1", "logging/setLevel", #"{"level":"error"}"#)
        #expect(server.received("logging/setLevel").map(\.params) == [#"{"level":"debug"}"#])
        world.stop()
    }

    @Test("what a server logs while it works for one client is told to no other one")
    func logsOfOne() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let clients = [world.client(), world.client()]
        for client in clients { client.open() }
        func log() -> [Int] {
            server.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/message","#
                    + #""params":{"level":"info","data":1}}"#)
            world.run()
            return clients.map { $0.take().count }
        }
        #expect(log() == [1, 1])
        clients[0].call("1", "one__echo")
        clients[0].call("2", "one__echo")
        #expect(log() == [1, 0])
        clients[1].call("1", "one__echo")
        #expect(log() == [1, 1])
        clients[1].notify("notifications/cancelled", #"{"requestId":1}"#)
        clients[0].request("3", "logging/setLevel", #"{"level":"error"}"#)
        _ = clients[0].take()
        #expect(log() == [0, 0])
        world.stop()
    }

    @Test("progress carries the client's token and comes before the result")
    func progress() {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            let report =
                #"{"jsonrpc":"2.0","method":"notifications/progress","params":"#
                + #"{"progressToken":\#(request.progressToken),"progress":0.50}}"#
            connection.say(report)
            connection.answer(request, "{}")
            connection.say(report)
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        for token in ["\"t\"", "0", "1.0"] {
            client.call("1", "one__echo", meta: #"{"progressToken":\#(token)}"#)
            let lines = client.take()
            #expect(lines.count == 2)
            #expect(lines.first?.json("params") == #"{"progressToken":\#(token),"progress":0.50}"#)
            #expect(lines.last?.json("id") == "1")
        }
        world.stop()
    }

    @Test("progress on an unknown token, or on a call without one, is dropped")
    func strayProgress() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        let id = server.open("tools/call")[0].id
        for token in [id, "999", "\"\(id)\"", "-1", "null"] {
            server.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/progress","#
                    + #""params":{"progressToken":\#(token),"progress":1}}"#)
        }
        world.run()
        #expect(client.take() == [])
        world.stop()
    }

    @Test("list_changed follows a real difference only, and only once")
    func listChanged() {
        let server = ScriptedServer("one", tools: ["a"])
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("1", "tools/list")
        _ = client.take()
        let changed = #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#
        for _ in 0..<5 { server.connection?.say(changed) }
        world.advance(by: .seconds(2))
        #expect(client.take() == [])
        server.tools.append(#"{"name":"b"}"#)
        for _ in 0..<5 { server.connection?.say(changed) }
        world.advance(by: .seconds(2))
        #expect(client.one().value("method")?.string == "notifications/tools/list_changed")
        server.connection?.say(changed)
        world.advance(by: .seconds(2))
        #expect(client.take() == [])
        client.request("2", "tools/list")
        #expect(client.one().names == ["one__a", "one__b"])
        world.stop()
    }

    @Test("a change of the roots goes to the upstreams that were offered roots")
    func roots() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(#"{"roots":{"listChanged":true}}"#)
        client.notify("notifications/roots/list_changed")
        #expect(server.received("notifications/roots/list_changed").count == 1)
        world.stop()
    }

    @Test("an answer under an id that nobody asked is dropped", arguments: ["99", "\"x\"", "null"])
    func strayAnswer(id: String) {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open()
        client.say(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":1,"message":"m"}}"#)
        #expect(client.take() == [])
        world.stop()
    }
}
