import Aggregator
import TestSupport
import Testing
import Wire

/// Requests of 2026-07-28, each of which brings its own envelope, on a pipe.
@Suite struct EnvelopedTests {
    private static let server = "io.modelcontextprotocol/serverInfo"

    @Test("server/discover is answered without a session, and initialize after it")
    func discover() {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.enveloped("1", "server/discover")
        let answer = client.one()
        #expect(answer.json("result", "supportedVersions") == #"["2026-07-28"]"#)
        #expect(answer.json("result", "resultType") == #""complete""#)
        #expect(answer.json("result", "cacheScope") == #""private""#)
        #expect(answer.value("result", "_meta", Self.server, "name")?.string == "manifold")
        #expect(answer.json("result", "capabilities", "logging") == nil)
        client.request(
            "2", "initialize", #"{"protocolVersion":"2026-07-28","capabilities":{}}"#)
        #expect(client.one().json("result", "protocolVersion") == #""2025-11-25""#)
        client.enveloped("3", "server/discover")
        #expect(client.one().json("result", "resultType") == #""complete""#)
        world.stop()
    }

    @Test("an incomplete envelope is refused, and what is missing is named")
    func incomplete() {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.request(
            "1", "tools/list",
            #"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#)
        let answer = client.one()
        #expect(answer.json("error", "code") == "-32602")
        #expect(answer.value("error", "message")?.string?.contains("clientCapabilities") == true)
        client.enveloped("2", "tools/list", meta: #","io.modelcontextprotocol/logLevel":"loud""#)
        #expect(client.one().json("error", "code") == "-32602")
        world.stop()
    }

    @Test(
        "a version that is not spoken is refused with those that are",
        arguments: ["2031-01-01", "2025-11-25", ""])
    func unsupported(version: String) {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.enveloped("1", "tools/list", version: version)
        let answer = client.one()
        #expect(answer.json("error", "code") == "-32022")
        #expect(answer.json("error", "data", "supported") == #"["2026-07-28"]"#)
        #expect(answer.value("error", "data", "requested")?.string == version)
        world.stop()
    }

    @Test(
        "what needs a session is unknown here",
        arguments: [
            "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe",
            "tasks/get", "roots/list", "notifications/initialized",
        ])
    func sessionMethods(method: String) {
        let world = World([ScriptedServer("one"), ScriptedServer("two")])
        let client = world.client()
        client.enveloped("1", method, #","uri":"a:b""#)
        #expect(client.one().json("error", "code") == "-32601")
        world.stop()
    }

    @Test("a list says its type, its server and how long it may be kept")
    func list() {
        let world = World([ScriptedServer("one"), ScriptedServer("two")])
        let client = world.client()
        client.enveloped("1", "tools/list")
        world.advance(by: .seconds(1))
        let answer = client.one()
        #expect(answer.names == ["one__echo", "two__echo"])
        #expect(answer.json("result", "resultType") == #""complete""#)
        #expect(answer.value("result", "ttlMs")?.integer.map { $0 >= 0 } == true)
        #expect(answer.json("result", "cacheScope") == #""private""#)
        #expect(answer.value("result", "_meta", Self.server, "name")?.string == "manifold")
        world.stop()
    }

    @Test("a call of an older upstream is answered with what its result lacks, and its bytes")
    func call() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.enveloped("1", "tools/call", #","name":"one__echo","arguments":{ "a" : 1.0 }"#)
        world.advance(by: .seconds(1))
        let answer = client.one()
        #expect(answer.json("result", "structuredContent", "arguments") == #"{ "a" : 1.0 }"#)
        #expect(answer.json("result", "resultType") == #""complete""#)
        #expect(answer.value("result", "_meta", Self.server, "name")?.string == "manifold")
        #expect(answer.json("result", "ttlMs") == nil)
        world.stop()
    }

    @Test(
        "an upstream's error about our way to it is not told as one about the client's",
        arguments: [
            (-32020, nil), (-32022, nil), (-32021, nil), (-32002, -32602), (-32050, -32050),
        ]
            as [(Int, Int?)])
    func errors(code: Int, told: Int?) {
        let server = ScriptedServer.modern("one")
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.say(
                #"{"jsonrpc":"2.0","id":\#(request.id),"error":{"code":\#(code),"message":"m","#
                    + #""data":{"requiredCapabilities":{"sampling":{}}}}}"#)
            return true
        }
        let world = World([server])
        let client = world.client()
        for capabilities in [#"{"sampling":{}}"#, "{}"] {
            client.enveloped(
                "1", "tools/call", #","name":"one__echo","arguments":{}"#,
                capabilities: capabilities)
            world.advance(by: .seconds(1))
            let answer = client.one()
            let lacks = code == -32021 && capabilities == "{}"
            #expect(answer.value("error", "code")?.integer == (lacks ? code : told))
            if told == nil, !lacks {
                let text = answer.value("result", "content", "0", "text")?.string
                #expect(text?.contains("Upstream 'one'") == true)
                #expect(answer.json("result", "_meta", "manifold/executed") == #""no""#)
            }
        }
        world.stop()
    }

    @Test("an upstream's own name and _meta give way to ours, and everything else in it stays")
    func identity() {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.answer(
                request,
                #"{"content":[],"_meta":{"x":1,"\#(Self.server)":{"name":"up","version":"1"}}}"#)
            return true
        }
        let world = World([server])
        let client = world.client()
        client.enveloped("1", "tools/call", #","name":"one__echo","arguments":{}"#)
        world.advance(by: .seconds(1))
        let answer = client.one()
        #expect(answer.value("result", "_meta", Self.server, "name")?.string == "manifold")
        #expect(answer.json("result", "_meta", "x") == "1")
        world.stop()
    }

    @Test("a failed upstream is a complete result with isError")
    func failure() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.enveloped("1", "tools/call", #","name":"one__echo","arguments":{}"#)
        world.advance(by: .seconds(1))
        server.connection?.die()
        world.run()
        let answer = client.one()
        #expect(answer.json("result", "isError") == "true")
        #expect(answer.json("result", "resultType") == #""complete""#)
        #expect(answer.json("result", "_meta", "manifold/executed") == #""unknown""#)
        world.stop()
    }

    @Test("a missing resource has this revision's code, and says which")
    func missingResource() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.enveloped("1", "resources/read", #","uri":"a:b""#)
        world.advance(by: .seconds(5))
        let answer = client.one()
        #expect(answer.json("error", "code") == "-32602")
        #expect(answer.json("error", "data", "uri") == #""a:b""#)
        world.stop()
    }

    @Test("a cancelled request is forgotten, and its upstream told")
    func cancel() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.enveloped("1", "tools/call", #","name":"one__echo","arguments":{}"#)
        world.advance(by: .seconds(1))
        client.notify("notifications/cancelled", #"{"requestId":1,"reason":"no"}"#)
        #expect(client.take() == [])
        #expect(server.received("notifications/cancelled").count == 1)
        world.stop()
    }

    @Test("requests with and without an envelope share the ids of a pipe")
    func ids() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        client.enveloped("1", "tools/list")
        #expect(client.one().json("error", "code") == "-32600")
        world.stop()
    }

    @Test("progress comes under the request's own token, before the result")
    func progress() {
        let server = ScriptedServer("one")
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.say(
                #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"#
                    + #""progressToken":\#(request.progressToken),"progress":1}}"#)
            return false
        }
        let world = World([server])
        let client = world.client()
        client.enveloped(
            "1", "tools/call", #","name":"one__echo","arguments":{}"#,
            meta: #","progressToken":"mine""#)
        world.advance(by: .seconds(1))
        let lines = client.take()
        #expect(lines.count == 2)
        #expect(lines.first?.json("params", "progressToken") == #""mine""#)
        #expect(lines.last?.json("result", "resultType") == #""complete""#)
        world.stop()
    }

    @Test("upstreams that no client has needed for long are stopped, and come back when needed")
    func idle() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.enveloped("1", "tools/list")
        world.advance(by: .seconds(1))
        #expect(server.connection?.hasEnded == false)
        world.advance(by: .seconds(3600))
        #expect(server.connection?.hasEnded == true)
        client.enveloped("2", "tools/call", #","name":"one__echo","arguments":{}"#)
        world.advance(by: .seconds(1))
        #expect(client.take().last?.json("result", "resultType") == #""complete""#)
        world.stop()
    }
}
