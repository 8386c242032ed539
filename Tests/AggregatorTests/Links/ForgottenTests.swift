import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct ForgottenTests {
    private static let ways = [
        (-32602, "Invalid request parameters"), (-32602, "Invalid session ID"),
        (-32600, "Session not found"), (-32001, "Session not found"),
        (-30001, "SessionId was not found or has expired"),
        (-32000, "Bad Request: Server not initialized"),
    ]

    private func server() -> ScriptedServer {
        let server = ScriptedServer("one")
        server.resources = [#"{"uri":"a:b","name":"b"}"#]
        return server
    }

    @Test(
        "a session that the server has forgotten is opened again, and the client's call is answered",
        arguments: ways)
    func reopened(code: Int, message: String) {
        let server = server()
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("0", "tools/list")
        client.request("1", "logging/setLevel", #"{"level":"notice"}"#)
        client.request("2", "resources/subscribe", #"{"uri":"a:b"}"#)
        _ = client.take()
        let before = server.received.count
        server.connection?.oblivion = (code, message)
        client.call("3", "one__echo", #"{"n":1}"#)
        let lines = client.take()
        #expect(lines.first { $0.json("id") == "3" }?.json("result", "structuredContent") != nil)
        #expect(server.executed == [#"{"n":1}"#: 1])
        #expect(server.connections.count == 1 && server.received("initialize").count == 2)
        let again = server.received[before...].map(\.method)
        for method in ["logging/setLevel", "resources/subscribe", "tools/list"] {
            #expect(again.contains(method))
        }
        let said = lines.first { $0.json("method") == "\"notifications/message\"" }
        #expect(said?.value("params", "logger")?.string == "manifold")
        #expect(said?.value("params", "level")?.string == "notice")
        #expect(
            said?.value("params", "data")?.string
                == "Upstream 'one' has lost its session (\(code)). It was greeted again, and nothing "
                + "that ran is run again.")
        world.advance(by: .seconds(2))
        // Its lists are the same, so nobody hears of them.
        #expect(client.take() == [])
        #expect(server.refused == 2)
        world.stop()
    }

    @Test(
        "a session that is forgotten while its lists are fetched is opened again without any call",
        arguments: ways)
    func unlisted(code: Int, message: String) {
        let server = server()
        server.script = { connection, request in
            guard request.method == "tools/list", server.received("initialize").count == 1 else {
                return false
            }
            connection.oblivion = (code, message)
            connection.fail(request, code: code, message)
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        world.advance(by: .seconds(2))
        #expect(server.received("initialize").count == 2)
        client.request("0", "tools/list")
        #expect(client.take().last?.names == ["one__echo"])
        world.stop()
    }

    @Test("what has changed with the session is announced")
    func changed() {
        let server = server()
        let world = World([server])
        let client = world.client()
        client.open()
        client.request("0", "tools/list")
        _ = client.take()
        server.tools.append(#"{"name":"new"}"#)
        server.connection?.oblivion = Self.ways[0]
        client.call("1", "one__echo")
        world.advance(by: .seconds(2))
        #expect(client.take().contains { $0.contains("tools/list_changed") })
        world.stop()
    }

    @Test(
        "an error that only sounds like a lost session is the client's, and costs one list",
        arguments: [
            (-32602, "Invalid request parameters", 1),
            (-32602, "Invalid params: no such session type", 1), (-32001, "Session not found", 1),
            (-32602, "n must be a number", 0), (-32600, "no", 0), (-32001, "Timed out", 0),
            (-32603, "Session not found", 0),
        ])
    func otherwise(code: Int, message: String, lists: Int) {
        let server = server()
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            connection.fail(request, code: code, message)
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        let before = server.received("tools/list").count
        client.call("1", "one__echo", #"{"n":1}"#)
        let line = client.one()
        #expect(line.value("error", "code")?.integer == code)
        #expect(line.value("error", "message")?.string == message)
        #expect(server.received("initialize").count == 1)
        #expect(server.received("tools/call").count == 1)
        #expect(server.received("tools/list").count == before + lists)
        world.stop()
    }

    @Test(
        "a refusal that arrives while the session is being opened again is no answer",
        arguments: ways)
    func late(code: Int, message: String) {
        let server = server()
        let world = World([server])
        let client = world.client()
        client.open()
        server.held = ["tools/call"]
        client.call("1", "one__echo", #"{"n":1}"#)
        client.call("2", "one__echo", #"{"n":2}"#)
        // The first is refused and proves it; the second is still under way.
        let calls = server.open("tools/call")
        server.held = ["initialize"]
        server.connection?.oblivion = (code, message)
        server.connection?.fail(calls[0], code: code, message)
        world.run()
        #expect(server.open("initialize").count == 1)
        server.connection?.fail(calls[1], code: code, message)
        world.run()
        #expect(client.take().allSatisfy { $0.json("id") == nil })
        server.held = []
        for request in server.open("initialize") { server.connection?.oblige(request) }
        world.run()
        let answers = client.take().filter { $0.json("result", "structuredContent") != nil }
        #expect(answers.count == 2)
        #expect(server.received("tools/call").count == 4)
        world.stop()
    }

    @Test("calls that find out together open one session")
    func together() {
        let server = server()
        let world = World([server])
        let client = world.client()
        client.open()
        server.connection?.oblivion = Self.ways[3]
        for id in 1...20 {
            client.tell(
                #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"#
                    + #""one__echo","arguments":{"n":\#(id)}}}"#)
        }
        world.run()
        #expect(client.take().count { $0.json("result", "structuredContent") != nil } == 20)
        #expect(server.received("initialize").count == 2)
        #expect(server.executed.count == 20 && server.executed.values.allSatisfy { $0 == 1 })
        world.stop()
    }

    @Test("a call under way in the old session is not touched")
    func underWay() {
        let server = server()
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo", #"{"n":1}"#)
        server.held = []
        server.connection?.oblivion = Self.ways[3]
        client.call("2", "one__echo", #"{"n":2}"#)
        _ = client.take()
        for request in server.open("tools/call") { server.connection?.oblige(request) }
        world.run()
        #expect(client.one().json("result", "structuredContent") != nil)
        world.stop()
    }

    @Test("a server that forgets at once again is given up for this call, and given time")
    func again() {
        let server = server()
        server.script = { connection, request in
            if request.method == "tools/list", connection.number == 0,
                server.received("tools/list").count > 1
            {
                connection.fail(request, code: -32001, "Session not found")
                return true
            }
            guard request.method == "tools/call" else { return false }
            connection.fail(request, code: -32001, "Session not found")
            return true
        }
        let world = World([server])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        #expect(client.take().last { $0.json("id") == "1" }?.json("error") != nil)
        #expect(server.received("tools/call").count == 2)
        #expect(server.received("initialize").count == 2)
        client.call("2", "one__echo")
        #expect(server.received("initialize").count == 2)
        world.advance(by: .seconds(5))
        #expect(client.take().contains { $0.json("id") == "2" })
        // Its lists find it out too, less and less often.
        let openings = server.received("initialize").count
        #expect(openings <= 6)
        world.advance(by: .seconds(600))
        #expect(server.received("initialize").count <= openings + 30)
        world.stop()
    }

    @Test("a modern server that changes its version is asked again what it is")
    func version() {
        let server = ScriptedServer.modern("one")
        let world = World([server])
        let client = world.client()
        client.open()
        var refusals = 1
        server.script = { connection, request in
            guard request.method == "tools/call", refusals > 0 else { return false }
            refusals -= 1
            connection.fail(request, code: -32022, "no")
            return true
        }
        client.call("1", "one__echo")
        #expect(client.take().first { $0.json("id") == "1" }?.json("result") != nil)
        #expect(server.probes == 2 && server.connections.count == 1)
        #expect(server.open("subscriptions/listen").count == 1)
        world.stop()
    }

    @Test(
        "status and code come first",
        arguments: [
            (404, nil, nil, SessionLoss.Verdict.certain),
            (404, -32600, "Session not found", .certain),
            (404, -32601, "Method not found", .none), (400, -32600, "no", .none),
            (400, -32600, "Bad Request: No valid session ID provided", .certain),
            (400, -32602, "n must be a number", .none), (400, nil, nil, .none),
            (200, -32603, "Session not found", .none), (nil, -32001, "Session expired", .suspected),
            (500, nil, nil, .none),
        ] as [(Int?, Int?, String?, SessionLoss.Verdict)])
    func table(status: Int?, code: Int?, message: String?, verdict: SessionLoss.Verdict) {
        #expect(SessionLoss.judge(status: status, code: code, message: message) == verdict)
    }
}
