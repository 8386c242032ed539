import Aggregator
import Synchronization
import TestSupport
import Testing
import Wire

/// Calls whose rounds are driven here: their ends, and what else sees them.
@Suite struct DrivenCallTests {
    @Test("a user's error is a cancelled elicitation")
    func turnedAway() {
        let server = Driving.server([Driving.asking(#""q":\#(Driving.name)"#)])
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        client.say(Driving.refuse(client.one()))
        let second = server.received("tools/call").last?.params
        #expect(second?.json("inputResponses") == #"{"q":{"action":"cancel"}}"#)
        #expect(client.one().json("result", "x") == "1.0")
        world.stop()
    }

    @Test(
        "a client that cannot sample or list its roots ends the call, and what else was asked",
        arguments: [Driving.model, Driving.roots])
    func unable(request: String) {
        let server = Driving.server([Driving.asking(#""q":\#(request),"n":\#(Driving.name)"#)])
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        let questions = client.take()
        client.say(Driving.refuse(questions[0]))
        let lines = client.take()
        let withdrawn = lines.first { $0.json("method") == #""notifications/cancelled""# }
        #expect(withdrawn?.json("params", "requestId") == questions[1].json("id"))
        let answer = lines.first { $0.json("id") == "1" } ?? ""
        #expect(answer.json("result", "isError") == "true")
        #expect(answer.json("result", "_meta", "manifold/executed") == #""unknown""#)
        let text = answer.value("result", "content", "0", "text")?.string
        #expect(text?.contains("the client could not provide") == true)
        #expect(text?.contains("busy") == true)
        #expect(server.received("tools/call").count == 1)
        world.stop()
    }

    @Test("a cancelled call withdraws its questions, and nothing is sent again")
    func cancelled() {
        let server = Driving.server([Driving.asking(#""q":\#(Driving.name),"r":\#(Driving.roots)"#)]
        )
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        let questions = client.take()
        client.notify("notifications/cancelled", #"{"requestId":1}"#)
        let withdrawn = client.take()
        #expect(withdrawn.allSatisfy { $0.json("method") == #""notifications/cancelled""# })
        #expect(
            Set(withdrawn.map { $0.json("params", "requestId") })
                == Set(questions.map { $0.json("id") }))
        #expect(server.received("tools/call").count == 1)
        world.stop()
    }

    @Test("a call that is cancelled in a later round is cancelled there")
    func cancelledLater() {
        let server = Driving.server([Driving.asking(#""r":\#(Driving.roots)"#)])
        let script = server.script
        server.script = { connection, request in
            if request.method == "tools/call", server.received("tools/call").count == 2 {
                return true
            }
            return script?(connection, request) ?? false
        }
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        client.say(Driving.answer(client.one(), #"{"roots":[]}"#))
        client.notify("notifications/cancelled", #"{"requestId":1,"reason":"bored"}"#)
        let second = server.received("tools/call")[1]
        #expect(
            server.received("notifications/cancelled").last?.params.json("requestId") == second.id)
        #expect(
            server.received("notifications/cancelled").last?.params.json("reason") == #""bored""#)
        #expect(client.take() == [])
        world.stop()
    }

    @Test("progress does not go back when the next round counts from the start")
    func progress() {
        let server = ScriptedServer.modern("one")
        let reports = [["1", "3", "2"], ["1", "3.0", "3.5"], ["3", "4"]]
        server.script = { connection, request in
            guard request.method == "tools/call" else { return false }
            let round = server.received("tools/call").count - 1
            for report in reports[round] {
                connection.say(
                    #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"#
                        + #""progressToken":\#(request.progressToken),"progress":\#(report)}}"#)
            }
            let asking = Driving.asking(#""r":\#(Driving.roots)"#)
            connection.answer(request, round < 2 ? asking : Driving.done)
            return true
        }
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo", meta: #"{"progressToken":"p"}"#)
        var told: [String] = []
        for _ in 0..<3 {
            for line in client.take() {
                if let report = line.json("params", "progress") {
                    #expect(line.json("params", "progressToken") == #""p""#)
                    told.append(report)
                } else if line.json("method") != nil {
                    client.tell(Driving.answer(line, #"{"roots":[]}"#))
                }
            }
            world.run()
        }
        // What an upstream does within its first round is its own affair.
        #expect(told == ["1", "3", "2", "3.5", "4"])
        world.stop()
    }

    @Test("a server that is started again between two rounds gets the answers and its state")
    func restarted() {
        let server = Driving.server([
            Driving.asking(#""r":\#(Driving.roots)"#, state: #""s""#)
        ])
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        let question = client.one()
        server.connection?.die()
        world.advance(by: .seconds(5))
        client.say(Driving.answer(question, #"{"roots":[]}"#))
        let second = server.received("tools/call").last
        #expect(second?.connection == 1 && second?.params.json("requestState") == #""s""#)
        #expect(client.take().last?.json("result", "x") == "1.0")
        world.stop()
    }

    @Test("a call that failed in a later round may have run, whatever became of that round")
    func lostLater() {
        let server = Driving.server([Driving.asking(#""r":\#(Driving.roots)"#)])
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        let question = client.one()
        server.refusal = Failure(.unavailable, "gone")
        server.connection?.die()
        world.run()
        client.say(Driving.answer(question, #"{"roots":[]}"#))
        world.advance(by: .seconds(60))
        let answer = client.take().first { $0.json("id") == "1" } ?? ""
        #expect(answer.json("result", "isError") == "true")
        #expect(answer.json("result", "_meta", "manifold/executed") == #""unknown""#)
        #expect(answer.contains("The next try is in") && !answer.contains("did not run"))
        world.stop()
    }

    @Test("a session that ends while its client is asked answers nothing and keeps nothing waiting")
    func ended() {
        let server = Driving.server([Driving.asking(#""r":\#(Driving.roots)"#)])
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        _ = client.take()
        client.end()
        #expect(client.hasEnded)
        #expect(server.received("tools/call").count == 1)
        world.stop()
        #expect(world.isOver)
    }

    @Test("a call counts once, however many rounds it takes; what it asks counts each time")
    func counters() {
        let round = Driving.asking(#""r":\#(Driving.roots),"q":\#(Driving.name)"#)
        let server = Driving.server([round, round])
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        for _ in 0..<2 {
            for question in client.take() { client.say(Driving.answer(question, "{}")) }
        }
        #expect(client.one().json("id") == "1")
        let status = world.hub.upstreams[0]
        #expect(status.counters.calls == 1 && status.counters.questions == 4)
        world.stop()
    }

    @Test("plugins see one call, and its last answer")
    func plugins() {
        let server = Driving.server([Driving.asking(#""r":\#(Driving.roots)"#)])
        let spy = Spy()
        let world = World([server], plugins: [spy])
        let client = world.client()
        client.open(Driving.all)
        client.call("1", "one__echo")
        client.say(Driving.answer(client.one(), #"{"roots":[]}"#))
        #expect(client.one().json("result", "x") == "1.0")
        #expect(spy.calls.withLock { $0 } == 1)
        world.stop()
    }

    @Test(
        "an upstream that asks in a way nobody can read is refused",
        arguments: [
            #"{"resultType":"input_required"}"#,
            Driving.asking(#""q":{"method":"tools/call","params":{}}"#),
            Driving.asking(#""q":{"params":{}}"#), Driving.asking(#""q":1"#),
            Driving.asking(#""q":{"method":"roots/list","params":[]}"#),
        ])
    func broken(result: String) {
        let server = Driving.server([result])
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        #expect(client.one().json("result", "isError") == "true")
        #expect(server.received("tools/call").count == 1)
        world.stop()
    }

    @Test("a server of both eras is still opened with a session, whose questions are its own")
    func both() {
        let server = ScriptedServer("one")
        server.isModern = true
        server.held = ["tools/call"]
        let (world, client) = Driving.open(server)
        client.call("1", "one__echo")
        #expect(server.received("tools/call").last?.message.protocolVersion == nil)
        server.connection?.say(#"{"jsonrpc":"2.0","id":7,"method":"roots/list"}"#)
        world.run()
        client.say(Driving.answer(client.one(), #"{"roots":[]}"#))
        #expect(server.received.last?.text == #"{"jsonrpc":"2.0","id":7,"result":{"roots":[]}}"#)
        world.stop()
    }
}

/// Counts the calls that it sees.
private final class Spy: Plugin {
    let name = "spy"
    let kind = "test"
    let scope = Scope([.request], methods: [.toolsCall])
    let counters = PluginCounters()
    let calls = Mutex(0)

    func handle(_ call: Call, next: Next) async throws(Failure) -> Answer {
        calls.withLock { $0 += 1 }
        return try await next(call)
    }
}
