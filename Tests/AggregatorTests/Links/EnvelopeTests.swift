import Aggregator
import Synchronization
import TestSupport
import Testing
import Wire

@Suite struct EnvelopeTests {
    private static let prefix = "io.modelcontextprotocol/"

    /// A client that hears log lines and is asked nothing.
    private final class Ear: Outlet {
        let heard = Mutex<[String]>([])
        func send(_ aside: Draft) {
            heard.withLock { $0.append(String(decoding: aside.bytes, as: UTF8.self)) }
        }
        func ask(_ question: Draft, origin: QuestionOrigin) async throws(Failure) -> Message {
            throw Failure(.methodNotFound, "no")
        }
        func drained() async {}
        var isCongested: Bool { false }
        func wants(_ level: LogLevel) -> Bool { true }
    }

    /// Calls a tool of the first upstream as a modern client of the world does.
    private func call(
        _ world: World, _ params: String, level: LogLevel? = nil, as ear: Ear = Ear()
    ) {
        guard let link = world.clients.first?.session.links.all.first else { return }
        let caller = Caller(
            outlet: ear,
            envelope: Envelope(
                revision: .july2026,
                capabilities: ClientCapabilities(#"{"sampling":{}}"#.value()), clientName: "x",
                principal: .local, logLevel: level),
            links: LinkSet([link]), progressToken: nil)
        guard
            let message = try? Message(
                scanning: Array(
                    #"{"jsonrpc":"2.0","id":"z","method":"tools/call","params":\#(params)}"#.utf8))
        else { return }
        let call = Call(draft: Draft(message), method: .toolsCall, target: nil, caller: caller)
        _ = world.loop.start { _ = try? await link.call(call) }
        world.run()
    }

    private let theirs =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","a":1,"#
        + #""io.modelcontextprotocol/clientInfo":{"name":"x"},"#
        + #""io.modelcontextprotocol/clientCapabilities":{},"progressToken":"t","#
        + #""io.modelcontextprotocol/logLevel":"debug"}"#

    @Test("a request of a client with a session reaches a modern server with an envelope of ours")
    func stamped() {
        let server = ScriptedServer.modern("one")
        let world = World([server])
        let client = world.client()
        client.open(#"{"sampling":{}}"#)
        client.call("1", "one__echo", #"{"n":1.0}"#, meta: #"{"progressToken":"p","x":2}"#)
        client.call("2", "one__echo")
        let calls = server.received("tools/call")
        #expect(calls[0].arguments == #"{"n":1.0}"#)
        #expect(calls[0].params.json("_meta", "x") == "2")
        #expect(calls[0].progressToken == calls[0].id)
        for call in calls {
            let meta = call.params.value("_meta")
            #expect(meta?["\(Self.prefix)protocolVersion"]?.string == "2026-07-28")
            #expect(meta?["\(Self.prefix)clientInfo"]?["name"]?.string == "manifold")
            // What it can do, because the rounds are driven for it.
            #expect(
                call.params.json("_meta", "\(Self.prefix)clientCapabilities")
                    == #"{"sampling":{}}"#)
            #expect(meta?["\(Self.prefix)logLevel"] == nil)
        }
        client.request("3", "logging/setLevel", #"{"level":"notice"}"#)
        client.call("4", "one__echo")
        let last = server.received("tools/call").last
        #expect(
            last?.params.value("_meta", "\(Self.prefix)logLevel")?.string == "notice")
        #expect(server.complaints == [])
        world.stop()
    }

    @Test("a method of no revision gets its envelope too, parameters or not")
    func foreign() {
        let server = ScriptedServer.modern("one")
        let world = World([server])
        let client = world.client()
        client.open()
        client.say(#" {"jsonrpc":"2.0","id":1,"method":"x/y"} "#)
        client.say(#"{"jsonrpc":"2.0","id":2,"method":"x/z","params":{"_meta":null}}"#)
        client.notify("x/w", #"{"b":2}"#)
        client.notify("notifications/roots/list_changed")
        for method in ["x/y", "x/z", "x/w"] {
            let meta = server.received(method).last?.params.value("_meta")
            #expect(meta?["\(Self.prefix)protocolVersion"]?.string == "2026-07-28")
        }
        #expect(server.received("notifications/roots/list_changed").isEmpty)
        #expect(server.complaints == [])
        world.stop()
    }

    @Test("a legacy server sees nothing of a modern client's envelope, and everything else of it")
    func stripped() {
        let server = ScriptedServer("one")
        let world = World([server])
        world.client().open()
        call(world, #"{"name":"echo","arguments":{"n": 1.0},\#(theirs)}"#, level: .debug)
        let request = server.received("tools/call")[0]
        #expect(
            request.params
                == #"{"name":"echo","arguments":{"n": 1.0},"_meta":{"a":1,"progressToken":\#(request.id)}}"#
        )
        world.stop()
    }

    @Test("a modern server learns what the modern client can do, and who we are")
    func replaced() {
        let server = ScriptedServer.modern("one")
        let world = World([server])
        world.client().open()
        call(world, #"{"name":"echo",\#(theirs)}"#)
        let meta = server.received("tools/call").last?.params.value("_meta")
        #expect(meta?["a"]?.integer == 1)
        #expect(meta?["\(Self.prefix)clientInfo"]?["name"]?.string == "manifold")
        #expect(meta?["\(Self.prefix)clientCapabilities"]?["sampling"] != nil)
        #expect(meta?["\(Self.prefix)logLevel"] == nil)
        call(world, #"{"name":"echo",\#(theirs)}"#, level: .warning)
        let second = server.received("tools/call").last?.params
        #expect(second?.value("_meta", "\(Self.prefix)logLevel")?.string == "warning")
        world.stop()
    }

    @Test("a log line of a modern server is for the one client that asked for some, or for nobody")
    func logs() {
        let server = ScriptedServer.modern("one")
        server.held = ["tools/call"]
        let world = World([server])
        let client = world.client()
        client.open()
        let line =
            #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":"d"}}"#
        let (loud, quiet, other) = (Ear(), Ear(), Ear())
        call(world, #"{"name":"echo",\#(theirs)}"#, as: quiet)
        server.connection?.say(line)
        world.run()
        call(world, #"{"name":"echo",\#(theirs)}"#, level: .debug, as: loud)
        server.connection?.say(line)
        world.run()
        call(world, #"{"name":"echo",\#(theirs)}"#, level: .debug, as: other)
        server.connection?.say(line)
        world.run()
        #expect(loud.heard.withLock { $0.count } == 1)
        #expect(loud.heard.withLock { $0[0].value("params", "logger")?.string } == "one")
        #expect(quiet.heard.withLock { $0 } == [] && other.heard.withLock { $0 } == [])
        #expect(client.take() == [])
        world.stop()
    }
}
