import Aggregator
import Synchronization
import TestSupport
import Testing
import Wire

/// A plugin that says whether it runs, and notes whether it did when it saw an answer.
private final class Living: Plugin {
    let name = "living"
    let kind = "living"
    let scope = Scope([.request, .response], methods: [.toolsCall])
    let counters = PluginCounters()
    private let state = Mutex((starts: 0, ends: 0, answers: [Bool]()))

    var starts: Int { state.withLock { $0.starts } }
    var ends: Int { state.withLock { $0.ends } }
    var runs: Bool { starts == ends + 1 }
    /// For each answer that it saw, whether it ran.
    var answers: [Bool] { state.withLock { $0.answers } }

    func run() async {
        state.withLock { $0.starts += 1 }
        let never = Signal()
        await never.wait(after: 0)
        state.withLock { $0.ends += 1 }
    }

    func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        let answer = try await next(call)
        state.withLock { $0.answers.append($0.starts == $0.ends + 1) }
        return answer
    }
}

@Suite struct LivesTests {
    let server = ScriptedServer("crm")

    /// A call that is at the upstream, behind a plugin.
    private func call(behind plugins: [any Plugin]) -> (World, Client) {
        server.held = ["tools/call"]
        let world = World([server])
        world.reload([server], plugins: plugins)
        let client = world.client()
        client.open()
        client.call("1", "crm__echo")
        return (world, client)
    }

    /// Lets the upstream answer.
    private func answer(_ world: World) {
        for request in server.open("tools/call") { server.connection?.oblige(request) }
        world.run()
    }

    @Test("a plugin runs as long as it is in force, and ends at once when nobody asks it anything")
    func inForce() {
        let (stays, goes) = (Living(), Living())
        let world = World([server])
        world.reload([server], plugins: [stays, goes])
        #expect(stays.runs && goes.runs)
        world.reload([server], plugins: [stays])
        #expect(stays.runs && goes.ends == 1)
        world.reload([server], plugins: [stays])
        #expect(stays.starts == 1 && stays.runs)
        world.stop()
        #expect(stays.ends == 1)
    }

    @Test("a plugin that was replaced runs until the last call from its time is answered")
    func underWay() {
        let old = Living()
        let (world, client) = call(behind: [old])
        world.reload([server], plugins: [Living()])
        world.advance(by: .seconds(50))
        #expect(old.runs)
        answer(world)
        #expect(client.one().json("result") != nil)
        #expect(old.answers == [true] && old.ends == 1)
        world.stop()
    }

    @Test("a plugin that stayed through one reload runs for the calls from before it too")
    func twice() {
        let (stays, other) = (Living(), Living())
        let (world, client) = call(behind: [stays])
        world.reload([server], plugins: [stays, other])
        #expect(other.runs)
        world.reload([server])
        #expect(stays.runs && other.ends == 1)
        answer(world)
        #expect(client.one().json("result") != nil)
        #expect(stays.answers == [true] && stays.ends == 1)
        world.stop()
    }

    @Test("a plugin that was replaced ends with the call that is cancelled")
    func cancelled() {
        let old = Living()
        let (world, client) = call(behind: [old])
        world.reload([server])
        #expect(old.runs)
        client.notify("notifications/cancelled", #"{"requestId":1}"#)
        world.run()
        #expect(old.ends == 1)
        world.stop()
    }
}
