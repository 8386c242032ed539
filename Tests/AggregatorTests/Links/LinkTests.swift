import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct LinkTests {
    @Test("an upstream is greeted with the client's capabilities, then told that it may begin")
    func handshake() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(#"{"roots":{"listChanged":true},"x":{"y":1.0},"tasks":{}}"#)
        let methods = server.received.map(\.method)
        #expect(methods.prefix(2) == ["initialize", "notifications/initialized"])
        let params = server.received[0].params
        #expect(params.json("capabilities") == #"{"roots":{"listChanged":true},"x":{"y":1.0}}"#)
        #expect(params.value("clientInfo", "name")?.string == "manifold")
        // A server that may ask back is not even asked whether it could do without a session.
        #expect(server.probes == 0)
        world.stop()
        #expect(server.connection?.hasEnded == true)
    }

    @Test("nothing is connected before a client has opened a session")
    func lazy() {
        let server = ScriptedServer("one")
        let world = World([server])
        world.advance(by: .seconds(100))
        #expect(server.connections.isEmpty)
        world.stop()
    }

    @Test("a refused handshake ends the try, is retried, and the others serve")
    func refused() {
        let bad = ScriptedServer("bad")
        bad.script = { connection, request in
            guard request.method == "initialize" else { return false }
            connection.fail(request, code: -32602, "go away")
            return true
        }
        let good = ScriptedServer("good")
        let world = World([bad, good])
        let client = world.client()
        client.open(settling: false)
        client.request("1", "tools/list")
        #expect(client.one().names == ["good__echo"])
        #expect(bad.connections.count == 1)
        #expect(bad.connection?.hasEnded == true)
        world.advance(by: .seconds(3))
        #expect(bad.connections.count > 1)
        bad.script = nil
        world.advance(by: .seconds(60))
        #expect(
            client.take().map { $0.value("method")?.string } == [
                "notifications/tools/list_changed"
            ])
        client.request("2", "tools/list")
        #expect(client.one().names == ["bad__echo", "good__echo"])
        world.stop()
    }

    @Test("an answer in a protocol version nobody speaks is a failed try")
    func version() {
        let server = ScriptedServer("one")
        server.revision = "1999-01-01"
        let world = World([server])
        let client = world.client()
        client.open()
        world.advance(by: .seconds(1))
        #expect(String(decoding: world.hub.status, as: UTF8.self).contains("protocol version"))
        world.stop()
    }

    @Test("a handshake that nobody answers ends after the time to start")
    func silentHandshake() {
        let server = ScriptedServer("one")
        server.held = ["initialize"]
        server.timeouts.start = .seconds(8)
        let world = World([server])
        let client = world.client()
        client.open(settling: false)
        client.call("1", "one__echo")
        world.advance(by: .seconds(7))
        #expect(server.connection?.hasEnded == false)
        world.advance(by: .seconds(3))
        #expect(server.connections[0].hasEnded)
        world.stop()
    }

    @Test("after five failures in a row calls are refused at once, and later tries go on")
    func breaker() {
        let server = ScriptedServer("one")
        server.refusal = Failure(.unavailable, "Could not start upstream 'one': no.")
        let world = World([server, ScriptedServer("two")], fraction: 1)
        let client = world.client()
        client.open()
        world.advance(by: .seconds(30))
        #expect(String(decoding: world.hub.status, as: UTF8.self).contains(#""state":"failed""#))
        server.refusal = nil
        world.advance(by: .seconds(70))
        #expect(
            String(decoding: world.hub.status, as: UTF8.self).contains(#""state":"failed""#)
                == false)
        client.call("1", "one__echo")
        #expect(client.take().last?.json("result", "structuredContent") != nil)
        world.stop()
    }

    @Test("the tools of an upstream that is down come back with one announcement")
    func comesBack() {
        let server = ScriptedServer("one")
        let world = World([server, ScriptedServer("two")], fraction: 1)
        let client = world.client()
        client.open()
        client.request("1", "tools/list")
        _ = client.take()
        server.refusal = Failure(.unavailable, "Could not start upstream 'one': no.")
        server.connection?.die()
        world.advance(by: .seconds(40))
        #expect(
            client.take().map { $0.value("method")?.string } == [
                "notifications/tools/list_changed"
            ])
        client.request("2", "tools/list")
        #expect(client.one().names == ["two__echo"])
        client.call("3", "one__echo")
        let refused = client.one()
        #expect(refused.json("result", "_meta", "manifold/upstream") == "\"one\"")
        #expect(refused.json("result", "_meta", "manifold/executed") == "\"no\"")
        server.refusal = nil
        world.advance(by: .seconds(120))
        #expect(
            client.take().map { $0.value("method")?.string } == [
                "notifications/tools/list_changed"
            ])
        world.stop()
    }

    @Test("a call that nothing is heard about fails after the idle time and is cancelled upstream")
    func idle() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        server.timeouts.idle = .seconds(20)
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo", meta: #"{"progressToken":"p"}"#)
        world.advance(by: .seconds(15))
        let request = server.received("tools/call")[0]
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"#
                + #"\#(request.progressToken),"progress":1}}"#)
        world.advance(by: .seconds(15))
        #expect(client.one().json("params", "progressToken") == "\"p\"")
        world.advance(by: .seconds(10))
        let line = client.one()
        #expect(line.json("result", "_meta", "manifold/executed") == "\"unknown\"")
        #expect(
            server.received("notifications/cancelled").map(\.params) == [
                #"{"requestId":\#(request.id)}"#
            ])
        world.stop()
    }

    @Test("the total time ends a call that keeps reporting progress")
    func total() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        server.timeouts.total = .seconds(20)
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo", meta: #"{"progressToken":"p"}"#)
        let token = server.received("tools/call")[0].progressToken
        for _ in 0..<5 {
            world.advance(by: .seconds(5))
            server.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"#
                    + #"\#(token),"progress":1}}"#)
            world.run()
        }
        #expect(client.take().last?.value("result", "isError")?.bool == true)
        world.stop()
    }

    @Test("a call that cannot even be written fails after the idle time and was not executed")
    func wedged() {
        let server = ScriptedServer("one")
        server.timeouts.idle = .seconds(20)
        let world = World([server])
        let client = world.client()
        client.open()
        server.connection?.transport.isBlocked = true
        server.connection?.transport.highWater = 10
        client.call("1", "one__echo")
        client.call("2", "one__echo")
        world.advance(by: .seconds(60))
        let lines = client.take()
        #expect(Set(lines.compactMap { $0.json("id") }) == ["1", "2"])
        for line in lines {
            // What lies in the pipe may yet be read; what waits before it will not.
            let executed = line.json("id") == "1" ? "\"unknown\"" : "\"no\""
            #expect(line.json("result", "_meta", "manifold/executed") == executed)
        }
        world.stop()
    }
}
