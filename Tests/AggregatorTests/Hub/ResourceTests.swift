import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct ResourceTests {
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

    @Test("clashing URIs are rewritten wherever an answer names them")
    func rewriting() {
        let servers = servers()
        let result =
            #"{"content":[{"type":"resource_link","uri":"file:///a","name":"n"},"#
            + #"{"type":"resource","resource":{"uri":"file:///a","text":""}},"#
            + #"{"type":"text","text":"file:///a"}]}"#
        servers[1].script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.answer(request, result)
            return true
        }
        let world = World(servers)
        let client = world.client()
        client.open()
        client.call("1", "two__echo")
        let wrapped = #""manifold://two/file%3A%2F%2F%2Fa""#
        #expect(
            client.one().json("result")
                == #"{"content":[{"type":"resource_link","uri":\#(wrapped),"name":"n"},"#
                + #"{"type":"resource","resource":{"uri":\#(wrapped),"text":""}},"#
                + #"{"type":"text","text":"file:///a"}]}"#)
        client.request("2", "resources/read", #"{"uri":\#(wrapped)}"#)
        #expect(client.one().json("result") == #"{"contents":[{"uri":\#(wrapped),"text":"two"}]}"#)
        client.request("3", "resources/read", #"{"uri":"file:///a"}"#)
        #expect(client.one().json("result") == #"{"contents":[{"uri":"file:///a","text":"one"}]}"#)
        world.stop()
    }

    @Test("a URI that two upstreams mention and nobody lists leads to each of them")
    func mentioned() {
        let servers = servers()
        for server in servers {
            server.script = { connection, request in
                guard request.method == "tools/call" else { return false }
                connection.answer(
                    request, #"{"content":[{"type":"resource_link","uri":"memo:1","name":"n"}]}"#)
                return true
            }
        }
        let world = World(servers)
        let client = world.client()
        client.open()
        for server in ["two", "one", "two"] {
            client.call("1", "\(server)__echo")
            let block = client.one().value("result", "content", "0", "uri")?.string ?? ""
            client.request("2", "resources/read", #"{"uri":"\#(block)"}"#)
            #expect(client.one().value("result", "contents", "0", "text")?.string == server)
        }
        world.stop()
    }

    @Test("completion asks the upstream that owns the prompt or the template, under its own name")
    func completion() {
        let servers = servers()
        for server in servers {
            server.prompts = [#"{"name":"p"}"#]
            server.templates = [#"{"uriTemplate":"file:///{x}"}"#]
        }
        servers[0].completes = false
        let world = World(servers)
        let client = world.client()
        client.open()
        func complete(_ ref: String) -> String? {
            client.request(
                "1", "completion/complete",
                #"{"ref":\#(ref),"argument":{"name":"x","value":"v"}}"#)
            return client.one().json("result", "completion", "values")
        }
        #expect(complete(#"{"type":"ref/prompt","name":"two__p"}"#) == #"["two"]"#)
        #expect(
            complete(#"{"type":"ref/resource","uri":"manifold://two/~file:///{x}"}"#) == #"["two"]"#
        )
        #expect(
            servers[1].received("completion/complete").map { $0.params.json("ref") } == [
                #"{"type":"ref/prompt","name":"p"}"#,
                #"{"type":"ref/resource","uri":"file:///{x}"}"#,
            ])
        #expect(complete(#"{"type":"ref/prompt","name":"one__p"}"#) == "[]")
        #expect(servers[0].received("completion/complete").isEmpty)
        world.stop()
    }

    @Test(
        "a block that the client's revision does not know becomes a note",
        arguments: [
            ("2024-11-05", true, true), ("2025-03-26", true, false), ("2025-06-18", false, false),
        ])
    func downgrade(revision: String, link: Bool, audio: Bool) {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.answer(
                request,
                #"{"content":[{"type":"resource_link","uri":"a:b","name":"n"},"#
                    + #"{"type":"audio","data":"","mimeType":"audio/wav"},{"type":"text","text":"t"}]}"#
            )
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open(revision: revision)
        client.call("1", "one__echo")
        let line = client.one()
        let types = (0..<3).map { line.value("result", "content", "\($0)", "type")?.string }
        #expect(types == [link ? "text" : "resource_link", audio ? "text" : "audio", "text"])
        world.stop()
    }

    @Test("a URI that nobody lists is read at the only upstream that has resources")
    func only() {
        let server = servers()[0]
        let world = World([server, ScriptedServer("plain")])
        let client = world.client()
        client.open()
        client.request("1", "resources/read", #"{"uri":"odd:1"}"#)
        #expect(client.one().value("result", "contents", "0", "text")?.string == "one")
        world.stop()
    }
}
