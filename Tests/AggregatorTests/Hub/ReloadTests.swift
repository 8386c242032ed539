import Aggregator
import TestSupport
import Testing
import Wire

@Suite struct ReloadTests {
    @Test("calls on an upstream that stays are not touched by a reload")
    func unchanged() {
        let one = ScriptedServer("one")
        one.held = ["tools/call"]
        let world = World([one, ScriptedServer("two")])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        world.reload([one, ScriptedServer("three")])
        for request in one.open("tools/call") { one.connection?.oblige(request) }
        world.run()
        #expect(client.take().contains { $0.json("id") == "1" && $0.json("result") != nil })
        #expect(one.connections.count == 1)
        world.stop()
    }

    @Test("upstreams come and go with one announcement, and calls follow")
    func addRemove() {
        let one = ScriptedServer("one")
        let two = ScriptedServer("two")
        let world = World([one])
        let client = world.client()
        client.open()
        client.request("1", "tools/list")
        _ = client.take()
        world.reload([two])
        world.advance(by: .seconds(2))
        #expect(
            client.take().map { $0.value("method")?.string }
                == ["notifications/tools/list_changed"])
        client.request("2", "tools/list")
        #expect(client.one().names == ["two__echo"])
        client.call("3", "two__echo")
        #expect(client.one().json("result") != nil)
        client.call("4", "one__echo")
        #expect(client.one().value("error", "code")?.integer == -32602)
        #expect(one.connection?.hasEnded == true)
        world.stop()
    }

    @Test("a call on an upstream that is taken out fails and says why")
    func removedUnderCall() {
        let one = ScriptedServer("one")
        one.held = ["tools/call"]
        let world = World([one])
        let client = world.client()
        client.open()
        client.call("1", "one__echo")
        world.reload([])
        let line = client.take().first { $0.json("id") == "1" } ?? ""
        #expect(line.contains("unknown"))
        #expect(line.contains("'one'"))
        world.stop()
    }

    @Test("a name with a prefix that nobody has is unknown at once, and served after a reload")
    func nameBeforeReload() {
        let one = ScriptedServer("one")
        one.door = Latch()
        let two = ScriptedServer("two")
        let world = World([one])
        let client = world.client()
        client.open(settling: false)
        client.call("0", "two__echo")
        #expect(client.take().first { $0.json("id") == "0" }?.contains("-32602") == true)
        world.reload([one, two])
        client.call("1", "two__echo")
        world.advance(by: .seconds(1))
        let line = client.take().first { $0.json("id") == "1" }
        #expect(line?.value("result", "structuredContent", "server")?.string == "two")
        world.stop()
    }

    @Test("a changed upstream is replaced; level and subscriptions go over to its successor")
    func changed() {
        let old = ScriptedServer("one")
        old.resources = [#"{"uri":"a:b"}"#]
        let world = World([old])
        let client = world.client()
        client.open()
        client.request("1", "resources/subscribe", #"{"uri":"a:b"}"#)
        client.request("2", "logging/setLevel", #"{"level":"error"}"#)
        _ = client.take()
        let new = ScriptedServer("one")
        new.print = "changed"
        new.resources = [#"{"uri":"a:b"}"#]
        world.reload([new])
        world.advance(by: .seconds(1))
        #expect(old.connection?.hasEnded == true)
        #expect(new.received("resources/subscribe").map(\.params) == [#"{"uri":"a:b"}"#])
        #expect(new.received("logging/setLevel").map(\.params) == [#"{"level":"error"}"#])
        world.stop()
    }

    @Test("a removed upstream's subscriptions do not stand in the way when it comes back")
    func back() {
        let one = ScriptedServer("one")
        one.resources = [#"{"uri":"a:b"}"#]
        let world = World([one])
        let client = world.client()
        client.open()
        client.request("1", "resources/subscribe", #"{"uri":"a:b"}"#)
        world.reload([])
        world.advance(by: .seconds(1))
        world.reload([one])
        world.advance(by: .seconds(1))
        _ = client.take()
        client.request("2", "resources/subscribe", #"{"uri":"a:b"}"#)
        #expect(client.one().json("result") == "{}")
        #expect(one.received("resources/subscribe").count == 2)
        client.request("3", "resources/unsubscribe", #"{"uri":"a:b"}"#)
        #expect(one.received("resources/unsubscribe").count == 1)
        world.stop()
    }

    @Test(
        "what is watched of an upstream that is out of service is watched again when it is back",
        arguments: [true, false], [true, false])
    func restored(isRemoved: Bool, isModern: Bool) {
        let one = isModern ? ScriptedServer.modern("one") : ScriptedServer("one")
        one.resources = [#"{"uri":"a:b"}"#]
        let world = World([one])
        let client = world.client()
        client.open()
        client.request("1", "resources/subscribe", #"{"uri":"a:b"}"#)
        let listener = world.client()
        listener.listen("1", #"{"resourceSubscriptions":["a:b"]}"#)
        world.advance(by: .seconds(3))
        world.reload(isRemoved ? [] : [one]) { configuration in
            for index in configuration.upstreams.indices {
                configuration.upstreams[index].isEnabled = false
            }
        }
        world.advance(by: .seconds(1))
        world.reload([one])
        world.advance(by: .seconds(1))
        _ = (client.take(), listener.take())
        if isModern {
            one.connection?.announce("notifications/resources/updated", #""uri":"a:b","#)
        } else {
            one.connection?.say(
                #"{"jsonrpc":"2.0","method":"notifications/resources/updated","#
                    + #""params":{"uri":"a:b"}}"#)
        }
        world.run()
        for hearer in [client, listener] {
            #expect(hearer.take().map { $0.value("params", "uri")?.string } == ["a:b"])
        }
        world.stop()
    }

    @Test("what is watched no more while its upstream is out of service is not watched again")
    func unwatched() {
        let one = ScriptedServer("one")
        one.resources = [#"{"uri":"a:b"}"#]
        let world = World([one])
        let client = world.client()
        client.open()
        client.request("1", "resources/subscribe", #"{"uri":"a:b"}"#)
        world.reload([])
        world.advance(by: .seconds(1))
        _ = client.take()
        client.request("2", "resources/unsubscribe", #"{"uri":"a:b"}"#)
        #expect(client.one().json("result") == "{}")
        world.reload([one])
        world.advance(by: .seconds(1))
        #expect(one.received("resources/subscribe").count == 1)
        world.stop()
    }

    @Test("a URI that another upstream has taken over is watched there when a client asks")
    func takenOver() {
        let (one, two) = (ScriptedServer("one"), ScriptedServer("two"))
        for server in [one, two] { server.resources = [#"{"uri":"a:b"}"#] }
        let world = World([one])
        let client = world.client()
        client.open()
        client.request("1", "resources/subscribe", #"{"uri":"a:b"}"#)
        world.reload([two])
        world.advance(by: .seconds(1))
        client.request("2", "resources/subscribe", #"{"uri":"a:b"}"#)
        #expect(two.received("resources/subscribe").count == 1)
        world.stop()
    }

    @Test("names do not move when the order of the upstreams does")
    func reordered() {
        let one = ScriptedServer("one", tools: ["a"])
        let two = ScriptedServer("two", tools: ["a"])
        let plain: (inout Configuration) -> Void = { $0.names.prefix = .never }
        let world = World([one, two], configure: plain)
        let client = world.client()
        client.open()
        client.request("1", "tools/list")
        let names = client.one().names
        world.reload([two, one], configure: plain)
        world.advance(by: .seconds(1))
        _ = client.take()
        client.request("2", "tools/list")
        #expect(client.one().names == names.reversed())
        world.stop()
    }

    @Test("what an entry says about names, titles and times changes without a restart")
    func adopted() {
        let one = ScriptedServer("one", tools: ["a", "b"])
        one.held = ["tools/call"]
        let world = World([one])
        let client = world.client()
        client.open()
        client.call("1", "one__a")
        let successor = ScriptedServer("one")
        world.reload([successor]) { configuration in
            configuration.upstreams[0].hide = ["b"]
            configuration.upstreams[0].rename = ["a": "c"]
            configuration.upstreams[0].prefix = "x"
            configuration.upstreams[0].title = "One"
            configuration.upstreams[0].timeouts.idle = .seconds(7)
            configuration.upstreams[0].stop.closing = .seconds(7)
        }
        world.advance(by: .seconds(1))
        #expect(one.connections.count == 1 && one.connection?.hasEnded == false)
        #expect(successor.connections.isEmpty)
        #expect(one.entry?.timeouts.idle == .seconds(7) && one.entry?.title == "One")
        for request in one.open("tools/call") { one.connection?.oblige(request) }
        world.run()
        #expect(client.take().contains { $0.json("id") == "1" && $0.json("result") != nil })
        client.request("2", "tools/list")
        #expect(client.one().names == ["x__c"])
        client.call("3", "x__c")
        world.advance(by: .seconds(12))
        #expect(client.take().contains { $0.json("id") == "3" && $0.contains("in time") })
        world.stop()
    }

    @Test("an upstream that is taken out of service is not said to be tried again")
    func quiet() {
        let world = World([ScriptedServer("one")])
        let client = world.client()
        client.open()
        world.reload([])
        world.advance(by: .seconds(1))
        #expect(!world.log.all.contains { $0.contains("tried again") })
        world.stop()
    }
}
