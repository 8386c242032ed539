import Aggregator
import TestSupport
import Testing
import Wire

/// `subscriptions/listen` of 2026-07-28, answered from what the hub knows.
@Suite struct ListenTests {
    private static let tag = "io.modelcontextprotocol/subscriptionId"

    private static func change(_ server: ScriptedServer, to tools: [String], _ world: World) {
        server.tools = tools.map { #"{"name":"\#($0)","inputSchema":{"type":"object"}}"# }
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        world.advance(by: .seconds(1))
    }

    @Test("the acknowledgement comes first and names what is honoured, tagged with the exact id")
    func acknowledgement() {
        let server = ScriptedServer("one")
        server.resources = [#"{"uri":"a:b","name":"b"}"#]
        let other = ScriptedServer("two")
        other.resources = []
        let world = World([server, other])
        let client = world.client()
        client.enveloped("0", "resources/list")
        world.advance(by: .seconds(1))
        _ = client.take()
        client.listen(
            #""s\u0031""#,
            #"{"toolsListChanged":true,"promptsListChanged":false,"#
                + #""resourceSubscriptions":["a:b","none:x"],"taskIds":["t"],"more":1}"#)
        world.advance(by: .seconds(3))
        let line = client.one()
        #expect(line.json("method") == #""notifications/subscriptions/acknowledged""#)
        #expect(line.json("params", "_meta", Self.tag) == #""s\u0031""#)
        #expect(
            line.json("params", "notifications")
                == #"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#)
        #expect(server.received("resources/subscribe").count == 1)
        world.stop()
    }

    @Test("only what was asked for is told, once per real change")
    func filter() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.enveloped("0", "tools/list")
        world.advance(by: .seconds(1))
        client.listen("1", #"{"toolsListChanged":true}"#)
        client.listen("2", #"{"promptsListChanged":true}"#)
        _ = client.take()
        Self.change(server, to: ["echo", "more"], world)
        let line = client.one()
        #expect(line.json("method") == #""notifications/tools/list_changed""#)
        #expect(line.json("params", "_meta", Self.tag) == "1")
        Self.change(server, to: ["echo", "more"], world)
        #expect(client.take() == [])
        world.stop()
    }

    @Test("an update of a watched resource is tagged, under the URI that the client knows")
    func updated() {
        let server = ScriptedServer("one")
        server.resources = [#"{"uri":"a:b","name":"b"}"#]
        let world = World([server])
        let client = world.client()
        client.listen("1", #"{"resourceSubscriptions":["a:b"]}"#)
        world.advance(by: .seconds(3))
        _ = client.take()
        for params in [
            #"{"uri":"a:b"}"#, #"{"uri":"a:b","_meta":{"x":1,"\#(Self.tag)":"theirs"}}"#,
        ] {
            server.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":\#(params)}"#
            )
            world.run()
            let line = client.one()
            #expect(line.json("params", "uri") == #""a:b""#)
            #expect(line.json("params", "_meta", Self.tag) == "1")
        }
        server.connection?.say(
            #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a:c"}}"#)
        world.run()
        #expect(client.take() == [])
        world.stop()
    }

    @Test("a cancelled listen is silent from then on, and nothing is watched for it any more")
    func cancelled() {
        let server = ScriptedServer("one")
        server.resources = [#"{"uri":"a:b","name":"b"}"#]
        let world = World([server])
        let client = world.client()
        client.listen("1", #"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#)
        world.advance(by: .seconds(3))
        _ = client.take()
        client.notify("notifications/cancelled", #"{"requestId":1}"#)
        world.advance(by: .seconds(1))
        #expect(server.received("resources/unsubscribe").count == 1)
        Self.change(server, to: ["more"], world)
        #expect(client.take() == [])
        world.stop()
    }

    @Test("at the end of the session a listen is ended in both ways that clients understand")
    func end() {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.listen(#""s""#, #"{"toolsListChanged":true}"#)
        world.advance(by: .seconds(1))
        _ = client.take()
        client.end()
        let lines = client.take()
        #expect(lines.count == 2)
        #expect(lines.first?.json("method") == #""notifications/cancelled""#)
        #expect(lines.first?.json("params", "requestId") == #""s""#)
        #expect(lines.last?.json("id") == #""s""#)
        #expect(lines.last?.json("result", "resultType") == #""complete""#)
        #expect(lines.last?.json("result", "_meta", Self.tag) == #""s""#)
        world.stop()
    }

    @Test(
        "a listen without a filter, or with one that cannot be understood, is refused",
        arguments: [
            nil, "[]", #"{"toolsListChanged":"yes"}"#, #"{"promptsListChanged":1}"#,
            #"{"resourceSubscriptions":"a:b"}"#, #"{"resourceSubscriptions":["a:b",5]}"#,
        ])
    func refused(filter: String?) {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        if let filter {
            client.listen("1", filter)
        } else {
            client.enveloped("1", "subscriptions/listen")
        }
        #expect(client.one().json("error", "code") == "-32602")
        world.stop()
    }

    @Test("what a listen watches on a changed upstream is watched on its successor")
    func reload() {
        let server = ScriptedServer("one")
        server.resources = [#"{"uri":"a:b","name":"b"}"#]
        let world = World([server])
        let client = world.client()
        client.listen("1", #"{"resourceSubscriptions":["a:b"]}"#)
        world.advance(by: .seconds(3))
        _ = client.take()
        let other = ScriptedServer("one")
        other.print = "changed"
        other.resources = server.resources
        world.reload([other])
        world.advance(by: .seconds(3))
        #expect(other.received("resources/subscribe").count == 1)
        world.stop()
    }
}
