import Aggregator
import TestSupport
import Testing
import Wire

/// What an upstream may say that nobody asked for, or not like this.
@Suite struct ConversationTests {
    private func calling(_ count: Int = 1) -> (World, ScriptedServer, Client) {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        for id in 0..<count { client.call("\(id)", "one__echo", #"{"n":\#(id)}"#) }
        return (world, server, client)
    }

    @Test(
        "noise is skipped, reported, and disturbs nothing",
        arguments: [
            "hello", "{", "[]", "5", #"{"jsonrpc":"2.0","id":999,"result":{}}"#, "\u{FEFF}",
            #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#,
            #"{"jsonrpc":"2.0","id":"server-error","error":{"code":1,"message":"m"}}"#,
        ])
    func noise(line: String) {
        let (world, server, client) = calling(2)
        server.connection?.say(line)
        world.run()
        #expect(client.take() == [])
        #expect(world.log.all.contains { $0.contains("a line was skipped") })
        for request in server.open("tools/call") { server.connection?.oblige(request) }
        world.run()
        #expect(client.take().count == 2)
        world.stop()
    }

    @Test("bytes that are not UTF-8 cost their line only")
    func encoding() {
        let (world, server, client) = calling()
        server.connection?.source.push([0xFF, 0xFE, 0x0A])
        for request in server.open("tools/call") { server.connection?.oblige(request) }
        world.run()
        #expect(client.one().json("result") != nil)
        world.stop()
    }

    @Test("a broken answer under a known id fails that call, which has run")
    func broken() {
        let (world, server, client) = calling(2)
        let request = server.open("tools/call")[1]
        server.connection?.say(#"{"jsonrpc":"2.0","id":\#(request.id),"result":{},"error":{}}"#)
        world.run()
        let line = client.one()
        #expect(line.json("id") == "1")
        #expect(line.json("result", "_meta", "manifold/executed") == "\"yes\"")
        world.stop()
    }

    @Test("an answer without a result and an error fails its call, and nothing is sent back")
    func empty() {
        let (world, server, client) = calling(2)
        let request = server.open("tools/call")[1]
        let count = server.received.count
        let line = #"{"jsonrpc":"2.0","id":\#(request.id)}"#
        server.connection?.say(line)
        world.run()
        let answer = client.one()
        #expect(answer.json("id") == "1")
        #expect(answer.json("result", "_meta", "manifold/executed") == "\"yes\"")
        #expect(answer.contains("must have a 'method', a 'result' or an 'error'"))
        // The same once more: the call is over, but the id is still ours.
        server.connection?.say(line)
        server.connection?.say("[\(line)]")
        world.run()
        #expect(server.received.count == count && client.take() == [])
        world.stop()
    }

    @Test(
        "what is neither a call nor an answer and has no id of ours is told so, and fails no call",
        arguments: ["999", "\"a\""])
    func emptyOfOthers(id: String) {
        let (world, server, client) = calling()
        server.connection?.say(#"{"jsonrpc":"2.0","id":\#(id)}"#)
        world.run()
        #expect(server.received.last?.text.value("error", "code")?.integer == -32600)
        #expect(server.received.last?.text.json("id") == id)
        #expect(client.take() == [])
        world.stop()
    }

    @Test("an error without an id belongs to the only call there is; whether it ran is not known")
    func nullID() {
        let (world, server, client) = calling()
        server.connection?.say(
            #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#)
        world.run()
        #expect(client.one().json("result", "_meta", "manifold/executed") == "\"unknown\"")
        world.stop()
    }

    @Test("a second answer to one request, and one that comes too late, are dropped")
    func twice() {
        let (world, server, client) = calling()
        let request = server.open("tools/call")[0]
        server.connection?.answer(request, #"{"first":true}"#)
        server.connection?.answer(request, #"{"first":false}"#)
        world.run()
        #expect(client.one().json("result") == #"{"first":true}"#)
        #expect(!world.log.all.contains { $0.contains("a line was skipped") })
        world.stop()
    }

    @Test("an id that comes back as a number with a fraction of zeros is the same id")
    func fraction() {
        let (world, server, client) = calling()
        client.call("1", "one__echo", meta: #"{"progressToken":"t"}"#)
        let requests = server.open("tools/call")
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"#
                + #""progressToken":\#(requests[1].id).0,"progress":1}}"#)
        world.run()
        #expect(client.one().json("params", "progressToken") == #""t""#)
        for request in requests {
            server.connection?.say(#"{"jsonrpc":"2.0","id":\#(request.id).00,"result":{}}"#)
        }
        world.run()
        #expect(client.take().map { $0.json("id") } == ["0", "1"])
        // Nothing else is taken for one.
        server.connection?.say(#"{"jsonrpc":"2.0","id":1.5,"result":{}}"#)
        world.run()
        #expect(world.log.all.contains { $0.contains("a line was skipped") })
        world.stop()
    }

    @Test("an array of answers is taken apart")
    func batch() {
        let (world, server, client) = calling(2)
        let answers = server.open("tools/call").map {
            #"{"jsonrpc":"2.0","id":\#($0.id),"result":{"for":\#($0.arguments)}}"#
        }
        server.connection?.say("[\(answers.reversed().joined(separator: ",")),7]")
        world.run()
        #expect(client.take().map { $0.json("id") } == ["1", "0"])
        world.stop()
    }

    @Test("the last line of a server that exits needs no line feed")
    func lastLine() {
        let (world, server, client) = calling()
        let request = server.open("tools/call")[0]
        server.connection?.source.push(
            Array(#"{"jsonrpc":"2.0","id":\#(request.id),"result":{"last":1}}"#.utf8))
        server.connection?.die()
        world.run()
        #expect(client.one().json("result") == #"{"last":1}"#)
        world.stop()
    }

    @Test("an answer cut into pieces, byte by byte, is the same answer")
    func pieces() {
        let (world, server, client) = calling()
        let request = server.open("tools/call")[0]
        let line = #"{"jsonrpc":"2.0","id":\#(request.id),"result":{"é":"日本\u0000"}}"# + "\r\n"
        for byte in line.utf8 { server.connection?.source.push([byte]) }
        world.run()
        #expect(client.one().json("result") == #"{"é":"日本\u0000"}"#)
        world.stop()
    }

    @Test("a request of the server that is none is answered under its id")
    func brokenRequest() {
        let (world, server, client) = calling()
        server.connection?.say(#"{"jsonrpc":"2.0","id":5,"method":"roots/list","params":[]}"#)
        world.run()
        #expect(server.received.last?.text.value("error", "code")?.integer == -32600)
        #expect(server.received.last?.text.json("id") == "5")
        #expect(client.take() == [])
        world.stop()
    }

    @Test("raw line breaks inside an upstream's answer do not reach the client's line")
    func returns() {
        let (world, server, client) = calling()
        let request = server.open("tools/call")[0]
        server.connection?.say(
            "{\"jsonrpc\":\"2.0\",\r\"id\":\(request.id),\"result\":{\r\"a\" :1}}")
        world.run()
        #expect(client.one() == #"{"jsonrpc":"2.0","id":0,"result":{"a" :1}}"#)
        world.stop()
    }

    @Test("a client that does not read slows down the upstream that answers it, and loses nothing")
    func backPressure() {
        let (world, server, client) = calling(50)
        client.transport.isBlocked = true
        client.transport.highWater = 200
        for request in server.open("tools/call") { server.connection?.oblige(request) }
        world.run()
        #expect(client.take() == [])
        client.transport.isBlocked = false
        world.run()
        #expect(client.take().count == 50)
        world.stop()
    }
}
