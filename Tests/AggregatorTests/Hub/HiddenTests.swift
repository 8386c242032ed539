import Aggregator
import Plugins
import TestSupport
import Testing
import Wire

/// What nobody can see, nobody can reach, by whatever way.
@Suite struct HiddenTests {
    private static func hide(_ patterns: [String]) -> [any Plugin] {
        var settings = HideSettings()
        settings.items = patterns
        return [Hide(settings)]
    }

    @Test("a tool that a reload hides is not called while its upstream comes back")
    func hiddenWhileDown() {
        let server = ScriptedServer("one")
        let world = World([server], fraction: 1)
        let client = world.client()
        client.open()
        client.request("1", "tools/list")
        #expect(client.one().names == ["one__echo"])
        world.reload([server], plugins: Self.hide(["one/echo"]))
        server.refusal = Failure(.unavailable, "Upstream 'one' does not start: no.")
        server.connection?.die()
        world.advance(by: .seconds(120))
        server.door = Latch()
        server.refusal = nil
        world.advance(by: .seconds(90))
        client.call("2", "one__echo")
        server.door?.open()
        world.advance(by: .seconds(1))
        #expect(client.take().first { $0.json("id") == "2" }?.json("result") == nil)
        #expect(server.executed.isEmpty)
        world.stop()
    }

    @Test(
        "a hidden resource is reached neither by its URI nor wrapped",
        arguments: ["a:secret", "manifold://one/a%3Asecret", "manifold://one/~a:secret"])
    func hiddenResource(uri: String) {
        let server = ScriptedServer("one")
        server.resources = [#"{"uri":"a:secret"}"#, #"{"uri":"a:open"}"#]
        server.templates = [#"{"uriTemplate":"a:{x}"}"#]
        let world = World([server], plugins: Self.hide(["one/a:secret"]))
        let client = world.client()
        client.open()
        client.request("1", "resources/read", #"{"uri":"\#(uri)"}"#)
        #expect(client.one().contains("-32002"))
        client.request("2", "resources/subscribe", #"{"uri":"\#(uri)"}"#)
        #expect(client.one().contains("-32002"))
        #expect(server.received("resources/read").isEmpty)
        client.request("3", "resources/read", #"{"uri":"a:open"}"#)
        #expect(client.one().json("result") != nil)
        world.stop()
    }
}
