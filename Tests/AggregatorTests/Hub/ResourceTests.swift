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
