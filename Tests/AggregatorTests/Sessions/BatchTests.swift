import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct BatchTests {
    private let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#

    @Test("a batch of another revision is refused whole", arguments: ["2024-11-05", "2025-06-18"])
    func refused(revision: String) {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.open(revision: revision)
        client.say("[\(ping)]")
        let line = client.one()
        #expect(line.value("error", "code")?.integer == -32600)
        #expect(line.json("id") == "null")
        world.stop()
    }

    @Test("a batch is answered by one array with every answer, bad elements included")
    func gathered() {
        let server = ScriptedServer("one")
        let world = World([server])
        let client = world.client()
        client.open(revision: "2025-03-26")
        client.say(
            "[\(ping),5,"
                + #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"one__echo"}},"#
                + #"{"jsonrpc":"2.0","method":"notifications/x"},"#
                + #"{"jsonrpc":"2.0","id":9,"result":{}},"#
                + #"{"jsonrpc":"2.0","id":3,"method":"initialize"}]"#)
        let line = client.one()
        let ids = (try? Value(validating: Array(line.utf8)))?.elements.map {
            $0["id"].map { String(decoding: $0.raw, as: UTF8.self) }
        }
        #expect(ids?.count == 4)
        #expect(Set(ids?.compactMap { $0 } ?? []) == ["1", "2", "3", "null"])
        world.stop()
    }

    @Test("a batch of notifications is answered by nothing")
    func silent() {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.open(revision: "2025-03-26")
        client.say(#"[{"jsonrpc":"2.0","method":"notifications/x"}]"#)
        #expect(client.take() == [])
        world.stop()
    }

    @Test("the array goes out without a cancelled call, or not at all when it was the only one")
    func cancelled() {
        let server = ScriptedServer("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open(revision: "2025-03-26")
        let call = #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"one__echo"}}"#
        client.say("[\(ping),\(call)]")
        #expect(client.take() == [])
        client.notify("notifications/cancelled", #"{"requestId":2}"#)
        #expect(client.one() == #"[{"jsonrpc":"2.0","id":1,"result":{}}]"#)
        client.say("[\(call)]")
        client.notify("notifications/cancelled", #"{"requestId":2}"#)
        #expect(client.take() == [])
        world.stop()
    }
}
